// A question read aloud by the browser's own voice.

export const canReadAloud = (): boolean =>
  typeof speechSynthesis !== "undefined" && typeof SpeechSynthesisUtterance !== "undefined";

/** Longest time a voice is waited for: some browsers never say that they have ended. */
const LONGEST_MS = 20_000;

/** Reads the text; `done` is called once, at the end or when it cannot be read. Returns the way to stop, which calls nothing. */
export function readAloud(text: string, done: () => void): () => void {
  if (!canReadAloud()) {
    done();
    return () => undefined;
  }
  let open = true;
  const end = () => {
    if (!open) return;
    open = false;
    clearTimeout(late);
    done();
  };
  const late = setTimeout(end, LONGEST_MS);
  const words = new SpeechSynthesisUtterance(text);
  words.lang = "en";
  words.addEventListener("end", end);
  words.addEventListener("error", end);
  speechSynthesis.cancel();
  speechSynthesis.speak(words);
  return () => {
    open = false;
    clearTimeout(late);
    speechSynthesis.cancel();
  };
}
