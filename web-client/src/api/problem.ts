// Errors as the server tells them (RFC 9457), and whatever else may come back instead.

export class Problem extends Error {
  constructor(
    /** HTTP status; 0: no answer came. */
    readonly status: number,
    /** Last part of the problem's type, e.g. "consent". */
    readonly kind: string,
    readonly title: string,
    readonly detail: string | null,
  ) {
    super(detail ?? title);
    this.name = "Problem";
  }
}

const PLAIN: Record<number, string> = {
  0: "The coach cannot be reached",
  401: "Sign in first",
  403: "This is not allowed here",
  404: "This is not here any more",
  409: "This is not possible right now",
  413: "This is too large",
  429: "Too many requests at once",
  503: "The coach is busy",
};

const text = (value: unknown, max: number): string | null =>
  typeof value === "string" && value.trim() !== "" ? value.slice(0, max) : null;

/** Reads a problem document out of any body: an object, a string, HTML of a proxy, nothing. */
export function problemFrom(status: number, body: unknown): Problem {
  let doc = body;
  if (typeof body === "string") {
    try {
      doc = JSON.parse(body) as unknown;
    } catch {
      doc = null;
    }
  }
  const fields = (typeof doc === "object" && doc !== null ? doc : {}) as Record<string, unknown>;
  const kind = text(fields.type, 200)?.split(/[/:#]/).pop() ?? "about:blank";
  const title =
    text(fields.title, 200) ??
    PLAIN[status] ??
    (status >= 500 ? "Something went wrong on the server" : "This did not work");
  return new Problem(status, kind, title, text(fields.detail, 1000));
}

/** The same for anything that was thrown. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof TypeError) {
    return new Problem(
      0,
      "unreachable",
      "The coach cannot be reached",
      "Check that the server is running, then try again.",
    );
  }
  if (error instanceof Error && error.name === "Cancelled") return new Problem(0, "cancelled", error.message, null);
  return new Problem(0, "unknown", "Something went wrong", error instanceof Error ? error.message : null);
}
