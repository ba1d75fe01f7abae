// CRC-64/NVME, the checksum that S3 keeps of whole objects. BigInt is too slow for gigabytes: two halves of 32 bits.

/** The reflected polynomial 0xad93d23594c93659. */
const HIGH = 0x9a6c9329;
const LOW = 0xac4bc9b5;

/** Tables for eight bytes at once (Kounavis and Berry 2005, "slicing-by-8"). */
const high = Array.from({ length: 8 }, () => new Uint32Array(256));
const low = Array.from({ length: 8 }, () => new Uint32Array(256));

function fill(): void {
  for (let byte = 0; byte < 256; byte++) {
    let h = 0;
    let l = byte;
    for (let bit = 0; bit < 8; bit++) {
      const one = l & 1;
      l = ((l >>> 1) | (h << 31)) >>> 0;
      h >>>= 1;
      if (one) {
        h = (h ^ HIGH) >>> 0;
        l = (l ^ LOW) >>> 0;
      }
    }
    high[0]![byte] = h;
    low[0]![byte] = l;
  }
  for (let slice = 1; slice < 8; slice++) {
    for (let byte = 0; byte < 256; byte++) {
      const h = high[slice - 1]![byte]!;
      const l = low[slice - 1]![byte]!;
      high[slice]![byte] = (high[0]![l & 255]! ^ (h >>> 8)) >>> 0;
      low[slice]![byte] = (low[0]![l & 255]! ^ ((l >>> 8) | (h << 24))) >>> 0;
    }
  }
}
fill();

export class Crc64 {
  private high = 0xffffffff;
  private low = 0xffffffff;

  update(bytes: Uint8Array): this {
    const [h0, h1, h2, h3, h4, h5, h6, h7] = high as [
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
    ];
    const [l0, l1, l2, l3, l4, l5, l6, l7] = low as typeof high &
      [Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array];
    let h = this.high;
    let l = this.low;
    let at = 0;
    const whole = bytes.length - (bytes.length % 8);
    while (at < whole) {
      l ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      h ^= bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24);
      const a = l & 255,
        b = (l >>> 8) & 255,
        c = (l >>> 16) & 255,
        d = l >>> 24;
      const e = h & 255,
        f = (h >>> 8) & 255,
        g = (h >>> 16) & 255,
        i = h >>> 24;
      h = h7[a]! ^ h6[b]! ^ h5[c]! ^ h4[d]! ^ h3[e]! ^ h2[f]! ^ h1[g]! ^ h0[i]!;
      l = l7[a]! ^ l6[b]! ^ l5[c]! ^ l4[d]! ^ l3[e]! ^ l2[f]! ^ l1[g]! ^ l0[i]!;
      at += 8;
    }
    for (; at < bytes.length; at++) {
      const byte = (l ^ bytes[at]!) & 255;
      l = ((l >>> 8) | (h << 24)) ^ l0[byte]!;
      h = (h >>> 8) ^ h0[byte]!;
    }
    this.high = h >>> 0;
    this.low = l >>> 0;
    return this;
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    const half = (bits: number) => (~bits >>> 0).toString(16).padStart(8, "0");
    return half(this.high) + half(this.low);
  }
}
