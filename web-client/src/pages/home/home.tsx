// Where to begin: one question that is recommended, the classics, and all others behind a search.
import { useEffect, useMemo, useRef, useState, type RefObject } from "react";
import { useLocation } from "wouter";
import { useMe, useQuestions, useQuestionSets } from "../../api/queries";
import type { Family, Question } from "../../api/types";
import { Frame } from "../../ui/frame";
import { Empty, Failure, Loading } from "../../ui/states";
import { classicsOf, matching, MOST, moved, recommendedOf, surpriseOf, toggled, toSearch } from "./choice";
import { Begin } from "./begin";
import { Finder } from "./finder";
import { QuestionList, type Section } from "./question-list";
import { Editing, type Edited } from "./own/editing";
import { Sets } from "./own/sets";
import { ownSection, sectionsOf } from "./sections";
import { Tray } from "./tray";
import { useChosen } from "./use-chosen";
import { useLast } from "./use-last";

/** Which questions are listed: the classics, until one searches or asks for all. */
function useListed(bank: readonly Question[]) {
  const [family, setFamily] = useState<Family | null>(null);
  const [typed, setTyped] = useState("");
  const [all, setAll] = useState(false);
  const sections = useMemo((): Section[] => {
    const classics = classicsOf(bank);
    const open = all || family !== null || typed.trim() !== "" || classics.length === 0;
    if (open) return sectionsOf(matching(bank, family, typed));
    return [
      ...ownSection(bank),
      { id: "classics", title: "The classics", about: "Asked almost everywhere", questions: classics },
    ];
  }, [bank, family, typed, all]);
  return { family, setFamily, typed, setTyped, all, setAll, sections };
}

/** "/" goes to the search, R surprises, N writes a question. */
function useHomeKeys(field: RefObject<HTMLInputElement | null>, surprise: () => void, write: () => void): void {
  const latest = useRef({ surprise, write });
  latest.current = { surprise, write };
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.target instanceof Element && event.target.closest("input, textarea, select, dialog")) return;
      if (event.key === "/") field.current?.focus();
      else if (event.key === "r" || event.key === "R") latest.current.surprise();
      else if (event.key === "n" || event.key === "N") latest.current.write();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [field]);
}

const NO_QUESTIONS: Question[] = [];

function Heading({ known }: { known: boolean }) {
  return (
    <>
      <h1 className="text-2xl font-semibold sm:text-3xl">
        {known ? "What would you like to practise?" : "Start with one question."}
      </h1>
      <p className="mt-2 max-w-2xl text-lg text-ink-2">
        {known
          ? "One question is enough. Up to five make a round."
          : "You answer into the camera, watch it once, and get one thing to try. About four minutes in all."}
      </p>
    </>
  );
}

interface AllProps {
  field: RefObject<HTMLInputElement | null>;
  questions: Question[];
  chosen: string[];
  setChosen: (ids: string[]) => void;
  setEdited: (edited: Edited) => void;
}

/** Everything that can be chosen: one's sets, one's questions, the bank. */
function All({ field, questions, chosen, setChosen, setEdited }: AllProps) {
  const listed = useListed(questions);
  const sets = useQuestionSets();
  return (
    <>
      <Finder
        ref={field}
        count={questions.length}
        {...listed}
        upload={chosen[0] ?? null}
        onWrite={() => setEdited(NEW_QUESTION)}
      />
      {listed.typed === "" && (
        <Sets
          sets={sets.data ?? []}
          questions={questions}
          chosen={chosen}
          onChoose={setChosen}
          onEdit={(set) => setEdited({ what: "set", set, questions: set.questions })}
          onShare={(set) => setEdited({ what: "share", set })}
        />
      )}
      {listed.sections.length === 0 && (
        <Empty title="No question has these words">Try fewer words, or look through another family.</Empty>
      )}
      <QuestionList
        sections={listed.sections}
        chosen={chosen}
        full={chosen.length >= MOST}
        onToggle={(id) => setChosen(toggled(chosen, id))}
        onEdit={(question) => setEdited({ what: "question", question })}
      />
    </>
  );
}

const NEW_QUESTION: Edited = { what: "question", question: null };

export function Home() {
  const bank = useQuestions();
  const me = useMe();
  const last = useLast();
  const [, go] = useLocation();
  const [chosen, setChosen] = useChosen();
  const [surprise, setSurprise] = useState<Question | null>(null);
  const [edited, setEdited] = useState<Edited>(null);
  const field = useRef<HTMLInputElement>(null);
  const questions = bank.data ?? NO_QUESTIONS;
  const picked = chosen.flatMap((id) => questions.find((question) => question.id === id) ?? []);
  const begin = surprise ?? recommendedOf(questions);

  const start = (ids: string[]) => {
    if (ids.length === 0) return;
    const agreed = me.data?.consent && me.data.consent.version === me.data.consent_version;
    go(`/${agreed ? "check" : "consent"}?${toSearch(ids)}`);
  };
  const surpriseMe = () => setSurprise(surpriseOf(questions, [begin?.id ?? "", ...last.answered]));

  useHomeKeys(field, surpriseMe, () => setEdited(NEW_QUESTION));

  return (
    <Frame title="Practise" wide>
      <div className="lg:grid lg:grid-cols-[minmax(0,1fr)_21rem] lg:gap-12">
        <div className="min-w-0">
          <Heading known={last.known} />
          {bank.isPending && <Loading what="the questions" rows={5} />}
          {bank.isError && (
            <div className="mt-6">
              <Failure error={bank.error} retry={() => void bank.refetch()} />
            </div>
          )}
          {begin && (
            <Begin
              question={begin}
              surprised={surprise !== null}
              focus={last.focus}
              filled={chosen.length === 0}
              onStart={start}
              onSurprise={surpriseMe}
            />
          )}
          {bank.data && <All {...{ field, questions, chosen, setChosen, setEdited }} />}
        </div>
        <Tray
          picked={picked}
          models={me.data?.models ?? null}
          onDrop={(id) => setChosen(toggled(chosen, id))}
          onRaise={(place) => setChosen(moved(chosen, place, place - 1))}
          onSave={() => setEdited({ what: "set", set: null, questions: picked.map(({ id }) => id) })}
          onStart={() => start(picked.map(({ id }) => id))}
        />
      </div>
      <Editing edited={edited} questions={questions} onClose={() => setEdited(null)} />
    </Frame>
  );
}
