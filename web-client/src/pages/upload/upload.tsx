// Upload a recording: which question it answers, the file, its way to the store, then its report.
import { useCallback, useEffect, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { useMe, useQuestions } from "../../api/queries";
import type { Question } from "../../api/types";
import { objection } from "../../upload/kinds";
import { useUpload } from "../../upload/use-upload";
import { Frame } from "../../ui/frame";
import { Failure, Loading } from "../../ui/states";
import { FAMILIES, fromSearch, toSearch } from "../home/choice";
import { DropZone } from "./drop-zone";
import { GiveUp } from "./give-up";
import { Sending } from "./sending";

function QuestionPicker({ bank, id, onPick }: { bank: Question[]; id: string; onPick: (id: string) => void }) {
  return (
    <label className="grid gap-2">
      <span className="font-medium">The question it answers</span>
      <select
        data-testid="question"
        value={id}
        onChange={(event) => onPick(event.target.value)}
        className="h-12 w-full truncate rounded-xl border border-line bg-surface px-3 text-base"
      >
        {FAMILIES.map((family) => (
          <optgroup key={family.id} label={family.title}>
            {bank
              .filter((question) => question.family === family.id)
              .map((question) => (
                <option key={question.id} value={question.id}>
                  {question.text}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

export default function UploadPage() {
  const bank = useQuestions();
  const me = useMe();
  const [, go] = useLocation();
  const asked = fromSearch(useSearch())[0];
  const [picked, setPicked] = useState<string | null>(null);
  const { stage, view, problem, unfinished, start, resume, giveUp, hold, goOn, complain } = useUpload(
    useCallback((session) => go(`/sessions/${session}`, { replace: true }), [go]),
  );
  const agreed = me.data?.consent && me.data.consent.version === me.data.consent_version;
  const most = me.data?.upload_bytes ?? 0;
  const question = picked ?? bank.data?.find(({ id }) => id === asked)?.id ?? bank.data?.[0]?.id ?? "";

  // Nothing is sent before the text was agreed to.
  useEffect(() => {
    if (me.data && !agreed) go(`/consent?${toSearch(asked ? [asked] : [])}&for=upload`, { replace: true });
  }, [me.data, agreed, asked, go]);

  const take = (file: File) => {
    const why = objection(file, most);
    if (why) return complain(why);
    void (unfinished ? resume(file) : start(file, question));
  };
  const busy = stage.at !== "choose";
  const answered = unfinished && bank.data?.find(({ id }) => id === unfinished.question)?.text;

  return (
    <Frame title="Upload a recording">
      <div className="mx-auto grid max-w-2xl grid-cols-[minmax(0,1fr)] gap-8">
        <div>
          <h1 className="text-3xl font-semibold">Upload a recording</h1>
          <p className="mt-3 text-lg text-ink-2">
            An answer you recorded elsewhere gets the same report. The file goes straight to the store and stays yours.
          </p>
        </div>
        {(bank.isPending || me.isPending) && <Loading what="the questions" rows={2} />}
        {(bank.isError || me.isError) && (
          <Failure error={bank.error ?? me.error} retry={() => void Promise.all([bank.refetch(), me.refetch()])} />
        )}
        {bank.data && me.data && agreed && (
          <>
            {!busy && unfinished && (
              <section
                aria-label="Unfinished upload"
                data-testid="unfinished"
                className="flex flex-wrap items-center gap-4 rounded-2xl bg-accent-soft px-5 py-4"
              >
                <div className="min-w-0 flex-1 basis-64">
                  <p className="font-medium [overflow-wrap:anywhere]">The upload of {unfinished.name} is unfinished</p>
                  <p className="text-sm text-ink-2">
                    Choose the same file again and it goes on where it was.{answered && ` It answers: ${answered}`}
                  </p>
                </div>
                <GiveUp onGiveUp={() => void giveUp(unfinished.session)} />
              </section>
            )}
            {!busy && !unfinished && <QuestionPicker bank={bank.data} id={question} onPick={setPicked} />}
            {busy && view && (stage.at === "sending" || stage.at === "checking") ? (
              <Sending
                name={stage.file.name}
                view={view}
                checking={stage.at === "checking"}
                onHold={() => void hold()}
                onGoOn={() => void goOn()}
                onGiveUp={() => void giveUp(stage.session)}
              />
            ) : (
              <DropZone
                title={unfinished ? `Choose ${unfinished.name} again` : "Your recording"}
                most={most}
                disabled={busy}
                onFile={take}
                onMany={() => complain("One recording at a time: each is the answer to one question.")}
              />
            )}
            <p role="alert" data-testid="upload-problem" className="min-h-6 text-danger">
              {problem}
            </p>
          </>
        )}
      </div>
    </Frame>
  );
}
