// The upload that a reload interrupted: enough to know it and the file again, never the file.

export interface Unfinished {
  session: string;
  question: string;
  name: string;
  bytes: number;
  /** When the file was last changed, ms. */
  modified: number;
}

const KEY = "coach.upload";

/** Storage may be full, forbidden or filled by others: then there is just nothing to go on with. */
export function recall(): Unfinished | null {
  try {
    const raw = JSON.parse(localStorage.getItem(KEY) ?? "null") as Partial<Unfinished> | null;
    if (typeof raw !== "object" || raw === null) return null;
    const { session, question, name, bytes, modified } = raw;
    const texts = [session, question, name].every(
      (text) => typeof text === "string" && text !== "" && text.length <= 1000,
    );
    if (!texts || typeof bytes !== "number" || typeof modified !== "number" || !(bytes > 0)) return null;
    return { session: session!, question: question!, name: name!, bytes, modified };
  } catch {
    return null;
  }
}

export function remember(upload: Unfinished): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(upload));
  } catch {
    // It can still be uploaded, only not after a reload.
  }
}

export function forget(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}

/** Why this is not the file whose upload is unfinished; null: it may be. */
export function difference(
  before: Unfinished,
  file: { name: string; size: number; lastModified: number },
): string | null {
  if (file.name !== before.name) return `This is ${file.name}. To go on, choose ${before.name}.`;
  if (file.size !== before.bytes || file.lastModified !== before.modified) {
    return `${file.name} was changed since. Give the unfinished upload up, and begin anew with this file.`;
  }
  return null;
}
