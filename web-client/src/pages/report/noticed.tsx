// What a language model of others noticed: each note with the words that it rests on. It moves no score.
import { useReview } from "../../api/queries";
import type { Review } from "../../api/types";
import { clock } from "../../live/timer";

type Note = Review["notes"][number];

const KINDS: Record<Note["kind"], string> = {
  strength: "Went well",
  gap: "Missing",
  suggestion: "To try",
};

interface Props {
  session: string;
  /** Place of the answer that is looked at; null: all. */
  answer: number | null;
  onPlay: (start: number, end: number) => void;
}

export function Noticed({ session, answer, onPlay }: Props) {
  const review = useReview(session).data;
  const notes = review?.notes.filter((note) => answer === null || note.answer === answer) ?? [];
  if (!review || notes.length === 0) return null;
  return (
    <section aria-labelledby="noticed-title" data-testid="noticed" className="mt-8 max-w-3xl">
      <h2 id="noticed-title" className="text-lg font-semibold">
        What a language model noticed
      </h2>
      <p className="mt-1 text-sm text-ink-2">
        By {review.model}, from your words alone. It can be wrong, and it moves no score.
      </p>
      <ul className="mt-3 divide-y divide-line rounded-2xl border border-line bg-surface px-5">
        {notes.map((note) => (
          <li key={`${note.start_ms} ${note.text}`} className="py-3">
            <p>
              <span className="mr-2 text-sm font-medium text-ink-2">{KINDS[note.kind]}</span>
              {note.text}
            </p>
            <button
              type="button"
              className="mt-0.5 min-h-8 text-left text-sm text-ink-2 hover:text-accent"
              onClick={() => onPlay(note.start_ms, note.end_ms)}
            >
              <span className="tabular">{clock(note.start_ms)}</span> “{note.quote}”
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
