// WHIP against a stand-in for the browser's peer connection.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../api/problem";
import { FakePeer, OFFER, fakeStream } from "./fake-peer";
import { GATHERING_CAP_MS, locationOf, preferVp8, publish, withAudioAgain, withoutDtx } from "./whip";

const answer = (
  status = 201,
  headers: Record<string, string> = { location: "/api/sessions/1/whip/secret" },
  body = "v=0\r\na=fmtp:96 minptime=10;usedtx=1\r\n",
) => vi.fn((..._: Parameters<typeof fetch>) => Promise.resolve(new Response(body, { status, headers })));

/** Answers offers so; there is no server that relays media. */
const serve = (fetching: typeof fetch) =>
  vi.stubGlobal("fetch", (...request: Parameters<typeof fetch>) =>
    typeof request[0] === "string" && request[0].endsWith("/ice")
      ? Promise.resolve(new Response("{}"))
      : fetching(...request),
  );

beforeEach(() => {
  vi.useFakeTimers();
  FakePeer.all = [];
  vi.stubGlobal("RTCPeerConnection", FakePeer);
  vi.stubGlobal("RTCRtpSender", {
    getCapabilities: () => ({
      codecs: [{ mimeType: "video/H264" }, { mimeType: "video/VP8" }, { mimeType: "video/rtx" }],
    }),
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const peer = () => {
  const found = FakePeer.all.at(-1);
  if (!found) throw new Error("no peer was made");
  return found;
};

describe("publishing", () => {
  it("offers once all candidates are there, prefers VP8, and keeps where to end it", async () => {
    const fetching = answer();
    serve(fetching);
    const publishing = publish("/api/sessions/1/whip", fakeStream());
    await vi.advanceTimersByTimeAsync(300);
    expect(fetching).not.toHaveBeenCalled();
    peer().gathers();
    const publication = await publishing;
    expect(publication.location).toBe("/api/sessions/1/whip/secret");
    expect(fetching.mock.calls[0]?.[1]).toMatchObject({
      method: "POST",
      headers: { "content-type": "application/sdp" },
    });
    expect(peer().preferred).toEqual([["video/VP8", "video/H264", "video/rtx"]]);
  });

  it("does not wait for candidates longer than a second", async () => {
    serve(answer());
    const publishing = publish("/w", fakeStream());
    await vi.advanceTimersByTimeAsync(GATHERING_CAP_MS);
    await expect(publishing).resolves.toBeDefined();
  });

  it("asks for silence to be sent, whatever the answer says", async () => {
    serve(answer());
    const publishing = publish("/w", fakeStream());
    await vi.advanceTimersByTimeAsync(GATHERING_CAP_MS);
    await publishing;
    expect(peer().remote?.sdp).toBe("v=0\r\na=fmtp:96 minptime=10\r\n");
    expect(withoutDtx("a=fmtp:111 usedtx=1\r\n")).not.toContain("usedtx");
  });

  it("offers to send lost audio again, and goes without it where the browser takes only its own offer", async () => {
    for (const takesOnlyItsOwn of [false, true]) {
      const fetching = answer();
      serve(fetching);
      class Peer extends FakePeer {
        override takesOnlyItsOwnOffer = takesOnlyItsOwn;
      }
      vi.stubGlobal("RTCPeerConnection", Peer);
      const publishing = publish("/w", fakeStream());
      await vi.advanceTimersByTimeAsync(GATHERING_CAP_MS);
      await publishing;
      expect(fetching.mock.calls[0]?.[1]?.body).toBe(takesOnlyItsOwn ? OFFER : withAudioAgain(OFFER));
    }
    expect(withAudioAgain(OFFER)).toContain("opus/48000/2\r\na=rtcp-fb:111 nack\r\n");
    expect(withAudioAgain(withAudioAgain(OFFER))).toBe(withAudioAgain(OFFER));
    expect(withAudioAgain("v=0\r\n")).toBe("v=0\r\n");
  });

  it.each([400, 409, 422, 503])("closes the connection and tells the reason on %i", async (status) => {
    vi.stubGlobal(
      "fetch",
      answer(
        status,
        { "content-type": "application/problem+json" },
        JSON.stringify({ title: "No", detail: "Because", status }),
      ),
    );
    const publishing = publish("/w", fakeStream());
    const failed = expect(publishing).rejects.toMatchObject({ status, title: "No", detail: "Because" });
    await vi.advanceTimersByTimeAsync(GATHERING_CAP_MS);
    await failed;
    expect(peer().closed).toBe(true);
  });

  it("closes the connection when a proxy answers with a page", async () => {
    serve(answer(502, {}, "<html>Bad gateway</html>"));
    const publishing = publish("/w", fakeStream());
    const failed = expect(publishing).rejects.toBeInstanceOf(Problem);
    await vi.advanceTimersByTimeAsync(GATHERING_CAP_MS);
    await failed;
    expect(peer().closed).toBe(true);
  });

  it("ends what it began when the browser refuses the answer", async () => {
    const fetching = answer();
    serve(fetching);
    const publishing = publish("/w", fakeStream());
    const failed = expect(publishing).rejects.toThrow("bad answer");
    await vi.advanceTimersByTimeAsync(0);
    peer().refusesAnswer = true;
    await vi.advanceTimersByTimeAsync(GATHERING_CAP_MS);
    await failed;
    expect(fetching.mock.calls[1]).toEqual(["/api/sessions/1/whip/secret", { method: "DELETE" }]);
    expect(peer().closed).toBe(true);
  });

  it("does not follow an address on another server", () => {
    expect(() => locationOf("https://elsewhere.example/whip/1", "/w")).toThrow(Problem);
    expect(() => locationOf(null, "/w")).toThrow(Problem);
    expect(locationOf("secret", "/api/sessions/1/whip/")).toBe("/api/sessions/1/whip/secret");
  });

  it("leaves the order of codecs alone where there is no VP8", () => {
    const setCodecPreferences = vi.fn();
    preferVp8({ setCodecPreferences }, [{ mimeType: "video/H264", clockRate: 90_000 }]);
    expect(setCodecPreferences).not.toHaveBeenCalled();
  });
});
