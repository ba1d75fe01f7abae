// Questions under the headings of their families, after what the person wrote.
import type { Question } from "../../api/types";
import { FAMILIES, ownOf } from "./choice";
import type { Section } from "./question-list";

export const ownSection = (found: readonly Question[]): Section[] => {
  const questions = ownOf(found);
  return questions.length === 0 ? [] : [{ id: "own", title: "Your questions", about: "Only you see them", questions }];
};

export const sectionsOf = (found: readonly Question[]): Section[] => [
  ...ownSection(found),
  ...FAMILIES.map(({ id, title, about }) => ({
    id,
    title,
    about,
    questions: found.filter((question) => question.family === id && !question.own),
  })).filter(({ questions }) => questions.length > 0),
];
