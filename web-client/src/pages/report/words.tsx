// What to work on, in plain words; what is said about one score is shown with that score.
import { SCORES } from "../../replay/words";
import type { ScoreName } from "../../api/types";

/** Sentences that begin with a score's name ("Clarity 61 of 100. …", "Clarity: not enough to say. …") belong to its card. */
export function wordsOf(words: string[], name: ScoreName | null): string[] {
  const title = (score: ScoreName) => SCORES.find((x) => x.name === score)?.title ?? score;
  const about = (sentence: string) =>
    SCORES.find((x) => [" ", ": "].some((end) => sentence.startsWith(title(x.name) + end)))?.name ?? null;
  return words.filter((sentence) => about(sentence) === name);
}

export function Words({ words }: { words: string[] }) {
  if (words.length === 0) return null;
  return (
    <section aria-label="In words" data-testid="words">
      <ul className="mt-6 grid gap-x-8 gap-y-3 md:grid-cols-[repeat(auto-fit,minmax(18rem,1fr))]">
        {words.map((sentence) => (
          <li key={sentence} className="border-l-2 border-line-strong pl-4">
            {sentence}
          </li>
        ))}
      </ul>
    </section>
  );
}
