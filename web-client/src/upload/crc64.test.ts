// The checksum beside its published values.
import { describe, expect, it } from "vitest";
import { Crc64 } from "./crc64";

const of = (bytes: Uint8Array) => new Crc64().update(bytes).digest();

describe("CRC-64/NVME", () => {
  it("gives the check value of the catalogue of parametrised CRC algorithms", () => {
    expect(of(new TextEncoder().encode("123456789"))).toBe("ae8b14860a799888");
    expect(of(new Uint8Array())).toBe("0000000000000000");
  });

  it("gives the values of the NVM Express specification for 4 KiB", () => {
    // NVM Express NVM Command Set Specification, "64b CRC test cases".
    expect(of(new Uint8Array(4096))).toBe("6482d367eb22b64e");
    expect(of(new Uint8Array(4096).fill(0xff))).toBe("c0ddba7302eca3ac");
    expect(of(Uint8Array.from({ length: 4096 }, (_, i) => i & 255))).toBe("3e729f5f6750449c");
  });

  it("does not care how the bytes are cut", () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 31) % 251);
    for (const cut of [0, 1, 7, 8, 9, 500, 999, 1000]) {
      expect(new Crc64().update(bytes.subarray(0, cut)).update(bytes.subarray(cut)).digest()).toBe(of(bytes));
    }
  });
});
