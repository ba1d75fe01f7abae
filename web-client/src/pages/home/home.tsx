// Choose: the bank by family, one question or a set of up to five.
import { Search, Upload, X } from "lucide-react";
import { useMemo, useRef, useState, type KeyboardEvent } from "react";
import { Link, useLocation } from "wouter";
import { useMe, useQuestions } from "../../api/queries";
import type { Family, Question } from "../../api/types";
import { recall } from "../../upload/memory";
import { Frame } from "../../ui/frame";
import { Empty, Failure, Loading } from "../../ui/states";
import { FAMILIES, matching, MOST, toggled, toSearch } from "./choice";
import { QuestionRow } from "./question-row";
import { useChosen } from "./use-chosen";
import { Tray } from "./tray";

function Chip(props: { on: boolean; children: string; onClick: () => void }) {
  return (
    <button
      type="button"
      aria-pressed={props.on}
      onClick={props.onClick}
      className={`min-h-11 shrink-0 rounded-full border px-4 text-sm font-medium ${
        props.on
          ? "border-ink bg-ink text-ground"
          : "border-line bg-surface text-ink-2 hover:border-line-strong hover:text-ink"
      }`}
    >
      {props.children}
    </button>
  );
}

export function Home() {
  const bank = useQuestions();
  const me = useMe();
  const [, go] = useLocation();
  const [family, setFamily] = useState<Family | null>(null);
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useChosen();
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);

  const found = useMemo(() => matching(bank.data ?? [], family, typed), [bank.data, family, typed]);
  const picked = chosen.flatMap((id) => bank.data?.find((question) => question.id === id) ?? []);

  const start = () => {
    if (chosen.length === 0) return;
    const agreed = me.data?.consent && me.data.consent.version === me.data.consent_version;
    go(`/${agreed ? "check" : "consent"}?${toSearch(chosen)}`);
  };

  // Arrows walk through the questions wherever the focus is in the list; "/" goes to the search.
  const keys = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement) return;
    if (event.key === "/") {
      event.preventDefault();
      field.current?.focus();
      return;
    }
    const step =
      event.key === "ArrowDown" || event.key === "ArrowRight"
        ? 1
        : event.key === "ArrowUp" || event.key === "ArrowLeft"
          ? -1
          : 0;
    if (step === 0) return;
    const rows = [...(list.current?.querySelectorAll<HTMLElement>("[data-testid=choose-question]") ?? [])];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    event.preventDefault();
    rows[Math.min(rows.length - 1, Math.max(0, at + step))]?.focus();
  };

  const row = (question: Question) => (
    <QuestionRow
      key={question.id}
      question={question}
      place={chosen.indexOf(question.id)}
      full={chosen.length >= MOST}
      onToggle={() => setChosen(toggled(chosen, question.id))}
    />
  );

  return (
    <Frame title="Practise" wide>
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions -- arrow keys between the buttons inside */}
      <div onKeyDown={keys} className="lg:grid lg:grid-cols-[minmax(0,1fr)_21rem] lg:gap-12">
        <div>
          <h1 className="text-3xl font-semibold">What would you like to practise?</h1>
          <p className="mt-3 max-w-xl text-lg text-ink-2">Choose one question, or up to five for a whole round.</p>
          <Link
            href={`/upload${chosen.length > 0 ? `?${toSearch(chosen.slice(0, 1))}` : ""}`}
            data-testid="to-upload"
            className="mt-2 inline-flex min-h-11 items-center gap-2 font-medium text-accent underline-offset-4 hover:underline"
          >
            <Upload size={17} aria-hidden="true" />
            {recall() ? "Go on with your upload" : "Upload a recording instead"}
          </Link>

          <div className="mt-5 grid gap-4">
            <label className="relative block max-w-md">
              <span className="sr-only">Search the questions</span>
              <Search size={18} aria-hidden="true" className="absolute left-4 top-1/2 -translate-y-1/2 text-ink-3" />
              <input
                ref={field}
                type="search"
                value={typed}
                maxLength={80}
                onChange={(event) => setTyped(event.target.value)}
                placeholder="Search the questions"
                className="h-12 w-full rounded-2xl border border-line bg-surface pl-11 pr-11 text-base placeholder:text-ink-3 [&::-webkit-search-cancel-button]:hidden"
              />
              {typed && (
                <button
                  type="button"
                  aria-label="Clear the search"
                  onClick={() => setTyped("")}
                  className="absolute right-1 top-1/2 grid size-10 -translate-y-1/2 place-items-center text-ink-3"
                >
                  <X size={16} aria-hidden="true" />
                </button>
              )}
            </label>
            <div
              role="group"
              aria-label="Families"
              className="-mx-4 flex gap-2 overflow-x-auto px-4 pb-1 sm:mx-0 sm:flex-wrap sm:px-0"
            >
              <Chip on={family === null} onClick={() => setFamily(null)}>
                All
              </Chip>
              {FAMILIES.map(({ id, title }) => (
                <Chip key={id} on={family === id} onClick={() => setFamily(family === id ? null : id)}>
                  {title}
                </Chip>
              ))}
            </div>
          </div>

          <div ref={list} className="mt-8 grid gap-10" aria-live="polite" aria-busy={bank.isPending}>
            {bank.isPending && <Loading what="the questions" rows={5} />}
            {bank.isError && <Failure error={bank.error} retry={() => void bank.refetch()} />}
            {bank.data && found.length === 0 && (
              <Empty title="No question has these words">Try fewer words, or look through another family.</Empty>
            )}
            {FAMILIES.map(({ id, title, about }) => {
              const questions = found.filter((question) => question.family === id);
              if (questions.length === 0) return null;
              return (
                <section key={id} aria-labelledby={`family-${id}`}>
                  <div className="mb-3 flex flex-wrap items-baseline gap-x-3">
                    <h2 id={`family-${id}`} className="text-lg font-semibold">
                      {title}
                    </h2>
                    <p className="text-sm text-ink-3">{about}</p>
                  </div>
                  <ul className="divide-y divide-line overflow-hidden rounded-2xl border border-line bg-surface">
                    {questions.map(row)}
                  </ul>
                </section>
              );
            })}
          </div>
        </div>
        <Tray
          picked={picked}
          models={me.data?.models ?? null}
          onDrop={(id) => setChosen(toggled(chosen, id))}
          onStart={start}
        />
      </div>
    </Frame>
  );
}
