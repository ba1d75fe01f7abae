// What carried the answer and what to work on, in plain words.

export function Words({ words }: { words: string[] }) {
  if (words.length === 0) return null;
  return (
    <section aria-label="In words" data-testid="words">
      <ul className="grid gap-2.5">
        {words.map((sentence) => (
          <li key={sentence} className="border-l-2 border-line-strong pl-4 text-lg text-ink">
            {sentence}
          </li>
        ))}
      </ul>
    </section>
  );
}
