// One part to the store. XMLHttpRequest, because fetch tells no progress of what it sends; a slice of a file is streamed from disk.

/** The store refused, or could not be reached (status 0). */
export class PutError extends Error {
  constructor(readonly status: number) {
    super(status === 0 ? "the store cannot be reached" : `the store answered ${status}`);
    this.name = "PutError";
  }
}

/** Nothing came or went for so long: the line is dead, whatever the system believes. */
const SILENCE_MS = 30_000;

export function put(url: string, part: Blob, sent: (bytes: number) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new DOMException("stopped", "AbortError"));
    const request = new XMLHttpRequest();
    let watchdog = setTimeout(silent, SILENCE_MS);
    function silent() {
      request.abort();
      settle(() => reject(new PutError(0)));
    }
    const stop = () => {
      request.abort();
      settle(() => reject(new DOMException("stopped", "AbortError")));
    };
    const settle = (how: () => void) => {
      clearTimeout(watchdog);
      signal.removeEventListener("abort", stop);
      how();
    };
    request.upload.addEventListener("progress", (event) => {
      clearTimeout(watchdog);
      watchdog = setTimeout(silent, SILENCE_MS);
      sent(event.loaded);
    });
    request.addEventListener("load", () =>
      settle(() => (request.status >= 200 && request.status < 300 ? resolve() : reject(new PutError(request.status)))),
    );
    request.addEventListener("error", () => settle(() => reject(new PutError(0))));
    signal.addEventListener("abort", stop);
    request.open("PUT", url);
    request.send(part);
  });
}
