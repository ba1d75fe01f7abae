// The servers by which media finds its way.
import { afterEach, describe, expect, it, vi } from "vitest";
import { icePath, iceServers } from "./ice";

afterEach(() => vi.unstubAllGlobals());

const answers = (body: unknown, status = 200) =>
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify(body), { status })));

describe("the servers that relay media", () => {
  it("are asked for beside the offer", () => {
    expect(icePath("/api/sessions/1/whip")).toBe("/api/sessions/1/ice");
    expect(icePath("/api/guest/1/whep/candidate")).toBe("/api/guest/1/ice");
    expect(icePath("/elsewhere")).toBeNull();
  });

  it("are taken as they are told", async () => {
    const server = { urls: ["turn:turn.example.org:3478"], username: "1:x", credential: "y" };
    answers({ ice_servers: [server] });
    expect(await iceServers("/api/sessions/1/whip")).toEqual([server]);
  });

  it("are none where nothing sensible comes", async () => {
    for (const body of [
      null,
      [],
      {},
      { ice_servers: 7 },
      { ice_servers: [null, { urls: ["http://x"] }, { urls: 7 }] },
    ]) {
      answers(body);
      expect(await iceServers("/api/sessions/1/whip")).toEqual([]);
    }
    answers({}, 500);
    expect(await iceServers("/api/sessions/1/whip")).toEqual([]);
  });
});
