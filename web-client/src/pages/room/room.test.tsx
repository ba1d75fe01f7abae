// An invitation: what it says before somebody takes part, what is agreed to, and who is let in.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakePeer } from "../../live/fake-peer";
import Room from "./room";

const view = (role: string | null) => ({
  link: "l1",
  owner_name: "Ada",
  scores: false,
  comments: false,
  expires_us: 9e15,
  name: null,
  role,
  agreed: false,
  session: {
    id: "s1",
    state: "created",
    questions: [{ id: "a", text: "Why here?", family: "failure", suggested_ms: 1 }],
  },
});

let sent: { method: string; path: string; body: unknown }[] = [];
let sockets: FakeSocket[] = [];

class FakeSocket extends EventTarget {
  static OPEN = 1;
  readyState = 1;
  said: unknown[] = [];
  constructor(readonly url: string) {
    super();
    sockets.push(this);
    queueMicrotask(() => this.dispatchEvent(new Event("open")));
  }
  send(text: string) {
    this.said.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
  }
  says(message: object) {
    act(() => void this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) })));
  }
}

/** A server with one invitation; another answer to it where one is given. */
function serve(role: string | null, opening?: () => Response) {
  vi.stubGlobal("fetch", async (target: string | Request, init?: RequestInit) => {
    const request = typeof target === "string" ? new Request(new URL(target, "http://coach.test"), init) : target;
    const path = new URL(request.url).pathname;
    const text = await request.clone().text();
    sent.push({ method: request.method, path, body: text.startsWith("{") ? JSON.parse(text) : text });
    if (path === "/api/guest") return opening?.() ?? Response.json(view(role));
    if (path === "/api/consent/room")
      return Response.json({ version: "room-1", title: "Before you take part", sections: [{ title: "A", text: "B" }] });
    if (path.endsWith("/consent")) return new Response(null, { status: 204 });
    if (path.endsWith("/ice")) return Response.json({ ice_servers: [] });
    return new Response("v=0\r\n", { status: 201, headers: { location: `${path}/secret` } });
  });
}

function show() {
  window.history.replaceState(null, "", "/room#secret");
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <Room />
    </QueryClientProvider>,
  );
}

beforeEach(() => {
  [sent, sockets, FakePeer.all] = [[], [], []];
  vi.stubGlobal("RTCPeerConnection", FakePeer);
  vi.stubGlobal("RTCRtpSender", { getCapabilities: () => ({ codecs: [] }) });
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal(
    "MediaStream",
    class {
      addTrack() {}
    },
  );
  window.HTMLMediaElement.prototype.play = () => Promise.resolve();
  const track = (kind: string) =>
    Object.assign(new EventTarget(), {
      kind,
      readyState: "live",
      enabled: true,
      stop: () => undefined,
      getSettings: () => ({}),
    });
  const [video, audio] = [track("video"), track("audio")];
  const stream = { getTracks: () => [video, audio], getVideoTracks: () => [video], getAudioTracks: () => [audio] };
  const devices = Object.assign(new EventTarget(), {
    getUserMedia: vi.fn(() => Promise.resolve(stream)),
    enumerateDevices: () => Promise.resolve([]),
  });
  Object.defineProperty(navigator, "mediaDevices", { value: devices, configurable: true });
});
afterEach(cleanup);

const paths = (method: string) => sent.filter((one) => one.method === method).map(({ path }) => path);

describe("an invitation", () => {
  it("says who invites and what is recorded, and nothing is sent before the interviewer agrees and the candidate begins", async () => {
    serve("interviewer");
    show();
    await screen.findByRole("heading", { name: "Ada invites you to interview them" });
    await screen.findByText("Before you take part");
    expect(screen.getByText("Why here?")).toBeTruthy();
    await userEvent.type(screen.getByLabelText(/^Your name/), "Ira");
    await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>("join").disabled).toBe(false));
    expect(navigator.mediaDevices.getUserMedia).toHaveBeenCalledWith(
      expect.objectContaining({ audio: expect.objectContaining({ echoCancellation: true }) as unknown }),
    );
    await userEvent.click(screen.getByTestId("join"));
    await screen.findByTestId("call");
    expect(sent.find(({ path }) => path.endsWith("/consent") && path !== "/api/consent")?.body).toEqual({
      version: "room-1",
      name: "Ira",
    });
    expect(screen.getByTestId("call-status").textContent).toBe("Waiting for Ada to begin");
    expect(paths("POST")).not.toContain("/api/guest/l1/whip");
    sockets.at(-1)?.says({ type: "state", state: "live", reason: null, seq: 1 });
    await waitFor(() => FakePeer.all.forEach((peer) => peer.gathers()));
    await waitFor(() => expect(paths("POST")).toContain("/api/guest/l1/whip"));
    await waitFor(() => expect(paths("POST")).toContain("/api/guest/l1/whep/candidate"));
    await userEvent.type(screen.getByTestId("ask-own"), "And why not there?{Enter}");
    expect(sockets.at(-1)?.said).toEqual([{ type: "mark", what: "question", note: "And why not there?" }]);
  });

  it("lets an observer watch, without camera, and shows no button to ask", async () => {
    serve("observer");
    show();
    await screen.findByRole("heading", { name: "Ada invites you to watch a practice interview" });
    await userEvent.click(screen.getByTestId("join"));
    await screen.findByTestId("call");
    sockets.at(-1)?.says({ type: "state", state: "live", reason: null, seq: 1 });
    await waitFor(() => FakePeer.all.forEach((peer) => peer.gathers()));
    await waitFor(() => expect(paths("POST")).toContain("/api/guest/l1/whep/interviewer"));
    expect(navigator.mediaDevices.getUserMedia).not.toHaveBeenCalled();
    expect(paths("POST")).not.toContain("/api/guest/l1/whip");
    expect(screen.queryByTestId("ask-own")).toBeNull();
  });

  it("shows how the talk is shared, and what the interviewer asks", async () => {
    serve("observer");
    show();
    await userEvent.click(await screen.findByTestId("join"));
    const socket = sockets.at(-1);
    socket?.says({ type: "talk_time", candidate_ms: 6000, interviewer_ms: 2000, t: 1, seq: 1 });
    socket?.says({ type: "asked", question_id: null, text: "And why not there?", seq: 2 });
    expect((await screen.findByTestId("talk-time")).textContent).toContain("Ada 75 %");
    expect(screen.getByTestId("own-question").textContent).toBe("And why not there?");
  });

  it("is over when the session is, and when it was ended", async () => {
    serve("observer");
    show();
    await screen.findByTestId("join");
    sockets.at(-1)?.says({ type: "state", state: "ready", reason: null, seq: 1 });
    await screen.findByRole("heading", { name: "The interview is over" });
    cleanup();
    serve(null, () => Response.json({ type: "urn:coach:problem:not-found", title: "No" }, { status: 404 }));
    show();
    await screen.findByRole("heading", { name: "This invitation has ended" });
  });
});
