// Reads a file in pieces beside the page and sums them up, so that neither the page nor its memory feels it.
import { Crc64 } from "./crc64";

const PIECE = 4 << 20;

async function sum(blob: Blob): Promise<string> {
  const crc = new Crc64();
  for (let at = 0; at < blob.size; at += PIECE) {
    crc.update(new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer()));
  }
  return crc.digest();
}

self.addEventListener("message", (event: MessageEvent<Blob>) => {
  sum(event.data).then(
    (crc64) => self.postMessage({ crc64 }),
    (error: unknown) => self.postMessage({ error: String(error) }),
  );
});
