// The words beside the replay: they light up with the playhead, fillers are marked, a press plays from there.
import { Search } from "lucide-react";
import { useEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";
import { clock } from "../../live/timer";
import type { Player } from "../../replay/player";
import type { ReportAnswer } from "../../api/types";
import { fillersIn, holds, isSaid, type Line } from "../../replay/transcript";
import { Row } from "./transcript-row";
import type { Correcting } from "./use-corrections";

interface Props {
  lines: readonly Line[];
  player: Player;
  /** Where the parts of a story begin, as far as set phrases say. */
  outline: readonly Part[];
  /** null: these are somebody else's words. */
  correcting: Correcting | null;
}

/** How the names of this server's own recognizer begin. */
const OWN = "moonshine";

type Part = NonNullable<ReportAnswer["outline"]>["parts"][number];

const PARTS: Record<Part["part"], string> = {
  situation: "Situation",
  task: "Task",
  action: "Action",
  result: "Result",
};

/** The outline that was found: each part leads to its first words. */
function Outline({ parts, onPlay }: { parts: readonly Part[]; onPlay: (at: number) => void }) {
  return (
    <div className="flex flex-wrap items-center gap-x-1 gap-y-1 px-4 pt-2 text-xs text-ink-2" data-testid="outline">
      <span>Outline found:</span>
      {parts.map(({ part, start, end, quote }) => (
        <button
          key={part}
          type="button"
          title={`“${quote}”`}
          onClick={() => onPlay(start)}
          className="tabular min-h-8 rounded-lg px-2 font-medium text-ink hover:bg-sunken"
        >
          {PARTS[part]} {clock(start)}, {Math.round((end - start) / 1000)} s
        </button>
      ))}
    </div>
  );
}

/** Marks the word of the moment and keeps its line in sight, without rendering anything anew. */
function useFollowing(player: Player, list: React.RefObject<HTMLOListElement | null>, lines: readonly Line[]) {
  useEffect(() => {
    let current: Element | null = null;
    return player.subscribe((t) => {
      const box = list.current;
      if (!box) return;
      const line = lines.find(({ phrase }) => isSaid(phrase, t));
      const word = line?.phrase.words.findLast((x) => x.start <= t);
      const found = word ? box.querySelector(`[data-at="${word.start}"]`) : null;
      if (found === current) return;
      current?.removeAttribute("aria-current");
      found?.setAttribute("aria-current", "true");
      current = found;
      const row = found?.closest("li");
      if (!row || !player.playing) return;
      const over = row.offsetTop - box.clientHeight * 0.4;
      box.scrollTo({ top: Math.max(0, over), behavior: "smooth" });
    });
  }, [player, list, lines]);
}

function Head({ typed, onType }: { typed: string; onType: (typed: string) => void }) {
  return (
    <div className="flex items-center gap-3 border-b border-line px-4 py-2.5">
      <h2 id="words-title" className="text-sm font-semibold">
        Words
      </h2>
      <label className="relative ml-auto block w-40 print:hidden">
        <span className="sr-only">Search the words</span>
        <Search size={15} aria-hidden="true" className="absolute left-3 top-1/2 -translate-y-1/2 text-ink-3" />
        <input
          type="search"
          value={typed}
          maxLength={80}
          placeholder="Search"
          onChange={(event) => onType(event.target.value)}
          className="h-9 w-full rounded-lg border border-line bg-surface pl-8 pr-2 text-sm placeholder:text-ink-3"
        />
      </label>
    </div>
  );
}

/** Who wrote it, what its looks mean, and whether a correction is still being counted. */
function Note({ lines, correcting }: { lines: readonly Line[]; correcting: Correcting | null }) {
  const fillers = fillersIn(lines);
  const source = lines[0]?.phrase.source ?? OWN;
  return (
    <p className="px-4 pt-2.5 text-xs text-ink-2">
      Written by {source.startsWith(OWN) ? "this server" : source}. Grey words are guesses.
      {fillers > 0 && ` ${fillers === 1 ? "1 filler is" : `${fillers} fillers are`} marked.`}
      {correcting && " E corrects a line."}{" "}
      <span role="status">{correcting?.pending ? "Your correction is being counted." : ""}</span>
    </p>
  );
}

/** Where a press plays from: the word that was pressed, else its line; null: it was meant for a button or a field. */
function pressed(target: EventTarget): number | null {
  if (!(target instanceof Element) || target.closest("button, form")) return null;
  const at = target.closest<HTMLElement>("[data-at]")?.dataset.at ?? target.closest("li")?.dataset.start;
  return at === undefined ? null : Number(at);
}

export function Transcript({ lines, player, outline, correcting }: Props) {
  const list = useRef<HTMLOListElement>(null);
  const [typed, setTyped] = useState("");
  /** The start of the phrase that Tab leads to, and of the one that is being corrected. */
  const [current, setCurrent] = useState<number | null>(null);
  const [edited, setEdited] = useState<number | null>(null);
  const shown = typed.trim() === "" ? lines : lines.filter((line) => holds(line, typed));
  useFollowing(player, list, lines);

  const playFrom = (at: number) => {
    player.seek(at);
    player.play(player.rate);
  };
  const press = (event: MouseEvent<HTMLOListElement>) => {
    const at = pressed(event.target);
    if (at !== null) playFrom(at);
  };
  const keys = (event: KeyboardEvent<HTMLOListElement>) => {
    // Keys within a line belong to its buttons and its field.
    const row = event.target instanceof HTMLElement && event.target.matches("li") ? event.target : null;
    if (!row || !["ArrowDown", "ArrowUp", "Enter", "e", "E"].includes(event.key)) return;
    const start = Number(row.dataset.start);
    if (event.key === "ArrowDown") (row.nextElementSibling as HTMLElement | null)?.focus();
    else if (event.key === "ArrowUp") (row.previousElementSibling as HTMLElement | null)?.focus();
    else if (event.key === "Enter") playFrom(start);
    else if (correcting) setEdited(start);
    event.preventDefault();
  };
  const leave = (start: number) => {
    setEdited(null);
    list.current?.querySelector<HTMLElement>(`li[data-start="${start}"]`)?.focus();
  };
  const reached = shown.some(({ phrase }) => phrase.start === current) ? current : shown[0]?.phrase.start;
  return (
    <section
      aria-labelledby="words-title"
      data-testid="transcript"
      className="flex min-h-0 flex-col overflow-hidden rounded-3xl border border-line bg-surface"
    >
      <Head typed={typed} onType={setTyped} />
      <Note lines={lines} correcting={correcting} />
      {outline.length > 0 && <Outline parts={outline} onPlay={playFrom} />}
      {shown.length === 0 && <p className="px-4 py-6 text-sm text-ink-2">Nobody said that here.</p>}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- lines take focus by arrows and play by Enter */}
      <ol
        ref={list}
        onClick={press}
        onKeyDown={keys}
        className="relative min-h-0 flex-1 overflow-y-auto px-2 py-2 max-lg:max-h-80 print:max-h-none print:overflow-visible"
      >
        {shown.map((line) => {
          const { start } = line.phrase;
          return (
            <Row
              key={start}
              line={line}
              reached={start === reached}
              correcting={correcting}
              edited={start === edited}
              onReach={() => setCurrent(start)}
              onEdit={() => setEdited(start)}
              onLeave={() => leave(start)}
            />
          );
        })}
      </ol>
    </section>
  );
}
