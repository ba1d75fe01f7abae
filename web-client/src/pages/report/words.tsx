// What carried the answer and what to work on, in plain words.

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
