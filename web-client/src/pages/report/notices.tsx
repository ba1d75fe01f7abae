// What has to be known about the recording as a whole: that a file ends early, which audio track was read, that it was too quiet.

export function Notices({ texts }: { texts: string[] }) {
  if (texts.length === 0) return null;
  return (
    <ul role="note" data-testid="notices" className="mt-4 space-y-1 rounded-2xl bg-caution-soft px-5 py-4 text-sm">
      {texts.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}
