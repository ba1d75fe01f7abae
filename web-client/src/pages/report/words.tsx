// Sentences about one score: they stand with that score.
import { SCORES } from "../../replay/words";
import type { ScoreName } from "../../api/types";

/** Returns the sentences that begin with a score's name ("Clarity 61 of 100. …"); null: those that begin with none. */
export function wordsOf(words: string[], name: ScoreName | null): string[] {
  const title = (score: ScoreName) => SCORES.find((x) => x.name === score)?.title ?? score;
  const about = (sentence: string) =>
    SCORES.find((x) => [" ", ": "].some((end) => sentence.startsWith(title(x.name) + end)))?.name ?? null;
  return words.filter((sentence) => about(sentence) === name);
}
