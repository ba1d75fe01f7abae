// The checksum of a file or a slice of it, computed beside the page.

/** Null: this browser has no workers. An error: the file cannot be read. */
export function checksum(blob: Blob, signal: AbortSignal): Promise<string | null> {
  if (typeof Worker === "undefined") return Promise.resolve(null);
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./checksum.worker.ts", import.meta.url), { type: "module" });
    const end = () => {
      worker.terminate();
      signal.removeEventListener("abort", stop);
    };
    const stop = () => {
      end();
      reject(new DOMException("given up", "AbortError"));
    };
    worker.addEventListener("message", (event: MessageEvent<{ crc64?: string; error?: string }>) => {
      end();
      if (event.data.crc64 !== undefined) resolve(event.data.crc64);
      else reject(new Error("The file cannot be read. Was it moved or changed? Choose it again."));
    });
    worker.addEventListener("error", () => {
      end();
      resolve(null);
    });
    signal.addEventListener("abort", stop);
    worker.postMessage(blob);
  });
}
