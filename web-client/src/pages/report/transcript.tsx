// The words beside the replay: they light up with the playhead, fillers are marked, a press plays from there.
import { Search } from "lucide-react";
import { useEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";
import { clock } from "../../live/timer";
import type { Player } from "../../replay/player";
import type { ReportAnswer } from "../../api/types";
import { fillersIn, holds, isSaid, type Line } from "../../replay/transcript";

interface Props {
  lines: readonly Line[];
  player: Player;
  /** Where the parts of a story begin, as far as set phrases say. */
  outline: readonly Part[];
}

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

function Row({ line, first }: { line: Line; first: boolean }) {
  const { phrase, uncertain, pauseMs } = line;
  return (
    <li
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- one tab stop for all lines: arrows walk, Enter plays
      tabIndex={first ? 0 : -1}
      data-start={phrase.start}
      className="grid cursor-pointer grid-cols-[2.75rem_minmax(0,1fr)] gap-x-2 rounded-lg px-2 py-1.5 -outline-offset-2 hover:bg-sunken/60"
    >
      {pauseMs !== null && (
        <span className="col-start-2 pb-1 text-xs text-ink-2">{(pauseMs / 1000).toFixed(1)} s pause</span>
      )}
      <span className="tabular col-start-1 pt-0.5 text-xs text-ink-2">{clock(phrase.start)}</span>
      <span className={uncertain ? "text-ink-3" : ""}>
        {phrase.words.length === 0
          ? phrase.text
          : phrase.words.map((word) => (
              <span key={word.start}>
                <span
                  data-at={word.start}
                  className={`rounded-sm aria-[current]:bg-accent-soft aria-[current]:text-accent ${
                    word.filler ? "text-caution underline decoration-dotted underline-offset-4" : ""
                  }`}
                >
                  {word.w}
                </span>{" "}
              </span>
            ))}
      </span>
    </li>
  );
}

export function Transcript({ lines, player, outline }: Props) {
  const list = useRef<HTMLOListElement>(null);
  const [typed, setTyped] = useState("");
  const shown = typed.trim() === "" ? lines : lines.filter((line) => holds(line, typed));
  useFollowing(player, list, lines);

  const playFrom = (at: number) => {
    player.seek(at);
    player.play(player.rate);
  };
  const press = (event: MouseEvent<HTMLOListElement>) => {
    if (!(event.target instanceof Element)) return;
    const at = event.target.closest<HTMLElement>("[data-at]")?.dataset.at ?? event.target.closest("li")?.dataset.start;
    if (at !== undefined) playFrom(Number(at));
  };
  const keys = (event: KeyboardEvent<HTMLOListElement>) => {
    const row = event.target instanceof HTMLElement ? event.target.closest("li") : null;
    const step =
      event.key === "ArrowDown" ? "nextElementSibling" : event.key === "ArrowUp" ? "previousElementSibling" : null;
    if (!row || (!step && event.key !== "Enter")) return;
    event.preventDefault();
    if (step) (row[step] as HTMLElement | null)?.focus();
    else playFrom(Number(row.dataset.start));
  };
  const fillers = fillersIn(lines);
  return (
    <section
      aria-labelledby="words-title"
      data-testid="transcript"
      className="flex min-h-0 flex-col overflow-hidden rounded-3xl border border-line bg-surface"
    >
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
            onChange={(event) => setTyped(event.target.value)}
            className="h-9 w-full rounded-lg border border-line bg-surface pl-8 pr-2 text-sm placeholder:text-ink-3"
          />
        </label>
      </div>
      <p className="px-4 pt-2.5 text-xs text-ink-2">
        Written by this server. Grey words are guesses.
        {fillers > 0 && ` ${fillers === 1 ? "1 filler is" : `${fillers} fillers are`} marked.`}
      </p>
      {outline.length > 0 && <Outline parts={outline} onPlay={playFrom} />}
      {shown.length === 0 && <p className="px-4 py-6 text-sm text-ink-2">Nobody said that here.</p>}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- lines take focus by arrows and play by Enter */}
      <ol
        ref={list}
        onClick={press}
        onKeyDown={keys}
        className="relative min-h-0 flex-1 overflow-y-auto px-2 py-2 max-lg:max-h-80 print:max-h-none print:overflow-visible"
      >
        {shown.map((line, i) => (
          <Row key={line.phrase.start} line={line} first={i === 0} />
        ))}
      </ol>
    </section>
  );
}
