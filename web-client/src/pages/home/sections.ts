// Questions under the headings of their families.
import type { Question } from "../../api/types";
import { FAMILIES } from "./choice";
import type { Section } from "./question-list";

export function sectionsOf(found: readonly Question[]): Section[] {
  return FAMILIES.map(({ id, title, about }) => ({
    id,
    title,
    about,
    questions: found.filter((question) => question.family === id),
  })).filter(({ questions }) => questions.length > 0);
}
