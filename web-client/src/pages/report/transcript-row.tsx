// One phrase of the transcript, and the field in which its owner corrects it.
import { Pencil } from "lucide-react";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { asProblem } from "../../api/problem";
import { clock } from "../../live/timer";
import type { Line } from "../../replay/transcript";
import type { Correcting } from "./use-corrections";

interface Props {
  line: Line;
  /** Whether Tab leads to it: one stop for all lines, arrows walk. */
  reached: boolean;
  correcting: Correcting | null;
  edited: boolean;
  onReach: () => void;
  onEdit: () => void;
  onLeave: () => void;
}

/** The words, each at its time; as one text while they have no times. */
function Words({ line }: { line: Line }) {
  const { phrase, uncertain, instead } = line;
  if (instead !== null || phrase.words.length === 0) return <span>{instead ?? phrase.text}</span>;
  return (
    <span className={uncertain ? "text-ink-3" : ""}>
      {phrase.words.map((word) => (
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
  );
}

/** Enter saves, Escape gives up. An unchanged text is none to save. */
function Edit({ line, correcting, onLeave }: { line: Line; correcting: Correcting; onLeave: () => void }) {
  const { phrase, instead } = line;
  const before = instead ?? phrase.text;
  const [text, setText] = useState(before);
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(before.length, before.length);
  }, [before]);

  const save = async () => {
    if (busy || text.trim() === "") return;
    if (text.trim() === before) return onLeave();
    setBusy(true);
    try {
      await correcting.save(phrase.start, text);
      onLeave();
    } catch (error) {
      setFailed(asProblem(error).message);
      setBusy(false);
    }
  };
  const keys = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape") onLeave();
    // While an input method composes, Enter belongs to it.
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void save();
  };
  return (
    <form
      className="grid gap-1"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <textarea
        ref={field}
        aria-label="What you said"
        data-testid="correction"
        rows={Math.min(6, Math.ceil(text.length / 45) + 1)}
        maxLength={2000}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={keys}
        className="w-full rounded-lg border border-line-strong bg-surface px-2 py-1.5 text-ink"
      />
      <p className="flex flex-wrap gap-x-3 text-xs text-ink-2">
        <button type="submit" disabled={busy} className="min-h-8 font-medium text-accent hover:underline">
          Save (Enter)
        </button>
        <button type="button" className="min-h-8 hover:text-ink hover:underline" onClick={onLeave}>
          Give up (Esc)
        </button>
      </p>
      {failed && (
        <p role="alert" className="text-sm text-danger">
          {failed}
        </p>
      )}
    </form>
  );
}

/** What the recognizer wrote, and the way back to it. */
function Heard({ line, correcting }: { line: Line; correcting: Correcting }) {
  const { phrase, instead } = line;
  const [failed, setFailed] = useState<string | null>(null);
  const heard = (phrase as { heard?: string | null }).heard ?? null;
  const corrected = correcting.corrections.some(({ start_ms }) => start_ms === phrase.start);
  if (!corrected) return null;
  const undo = () => {
    setFailed(null);
    correcting.undo(phrase.start).catch((error: unknown) => setFailed(asProblem(error).message));
  };
  return (
    <span className="col-start-2 mt-0.5 text-xs text-ink-2" data-testid="heard">
      As heard: “{heard ?? (instead === null ? "" : phrase.text)}”{" "}
      <button type="button" className="min-h-8 font-medium text-accent hover:underline print:hidden" onClick={undo}>
        Undo
      </button>
      {failed && (
        <span role="alert" className="text-danger">
          {" "}
          {failed}
        </span>
      )}
    </span>
  );
}

export function Row({ line, reached, correcting, edited, onReach, onEdit, onLeave }: Props) {
  const { phrase, pauseMs } = line;
  return (
    <li
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- one tab stop for all lines: arrows walk, Enter plays
      tabIndex={reached ? 0 : -1}
      data-start={phrase.start}
      onFocus={onReach}
      className="group grid cursor-pointer grid-cols-[2.75rem_minmax(0,1fr)_auto] gap-x-2 rounded-lg px-2 py-1.5 -outline-offset-2 hover:bg-sunken/60"
    >
      {pauseMs !== null && (
        <span className="col-start-2 pb-1 text-xs text-ink-2">{(pauseMs / 1000).toFixed(1)} s pause</span>
      )}
      <span className="tabular col-start-1 pt-0.5 text-xs text-ink-2">{clock(phrase.start)}</span>
      {edited && correcting ? (
        <Edit line={line} correcting={correcting} onLeave={onLeave} />
      ) : (
        <>
          <Words line={line} />
          {correcting && (
            <button
              type="button"
              tabIndex={reached ? 0 : -1}
              aria-label={`Correct: ${phrase.text}`}
              title="Correct what was written (E)"
              onClick={onEdit}
              className="-my-1 grid size-8 place-items-center rounded-lg text-ink-3 opacity-0 hover:bg-sunken hover:text-ink focus-visible:opacity-100 group-focus-within:opacity-100 group-hover:opacity-100 print:hidden pointer-coarse:opacity-100"
            >
              <Pencil size={14} aria-hidden="true" />
            </button>
          )}
          {correcting && <Heard line={line} correcting={correcting} />}
        </>
      )}
    </li>
  );
}
