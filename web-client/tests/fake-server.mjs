// A stand-in for the server while pages are made: `node tests/fake-server.mjs [--port 8090] [--recording FILE.webm] [--dist dist]`.
// It keeps everything in memory and answers the real shapes. WHIP is answered with an SDP that no browser accepts: pages that
// need media are driven with a stand-in for RTCPeerConnection (tests/screenshots.mjs).
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { parseArgs } from "node:util";
import { WebSocketServer } from "ws";
import * as fixture from "./fixture.mjs";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8090" },
    recording: { type: "string" },
    dist: { type: "string", default: "dist" },
    empty: { type: "boolean" },
    duration: { type: "string", default: "252000" },
  },
});
const duration = Number(values.duration);
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

let sessions = values.empty ? [] : fixture.sessions();
let consent = values.empty ? null : { version: fixture.CONSENT.version, accepted_us: Date.now() * 1000 };
const retention = { days: null, own: null, server: null, from_us: null };
let own = values.empty ? [] : fixture.OWN;
let sets = values.empty ? [] : fixture.SETS;
const sockets = new Map();

const tell = (id, message) => {
  for (const socket of sockets.get(id) ?? []) socket.send(JSON.stringify({ seq: socket.seq++, ...message }));
};
const become = (session, state) => {
  session.state = state;
  tell(session.id, { type: "state", state });
};

function finish(session) {
  become(session, "finalising");
  setTimeout(() => become(session, "scoring"), 700);
  for (const percent of [20, 55, 90])
    setTimeout(() => tell(session.id, { type: "progress", stage: "scoring", percent }), 800 + percent * 8);
  setTimeout(() => {
    session.scores = fixture.sessions()[0].scores;
    session.duration_ms = duration;
    become(session, "ready");
    tell(session.id, { type: "report_ready" });
  }, 1800);
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://localhost");
  const json = (status, body) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  const problem = (status, title, detail) =>
    response
      .writeHead(status, { "content-type": "application/problem+json" })
      .end(JSON.stringify({ type: "about:blank", status, title, detail }));
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const route = `${request.method} ${url.pathname.replace(/\/api\/sessions\/[^/]+/, "/api/sessions/:id").replace(/whip\/.+/, "whip/:secret")}`;
  const session = sessions.find((x) => x.id === url.pathname.split("/")[3]);
  if (route.includes(":id") && !session) return problem(404, "No such session");
  switch (route) {
    case "GET /api/me":
      return json(200, {
        user_id: "u",
        mode: "personal",
        consent,
        consent_version: fixture.CONSENT.version,
        affect: true,
        upload_bytes: 2 ** 31,
        models: { face: "full", voice_activity: "silero" },
        hints: fixture.HINTS,
        retention,
        erasure_us: null,
      });
    case "GET /api/consent":
      return json(200, fixture.CONSENT);
    case "POST /api/consents":
      consent = { version: fixture.CONSENT.version, accepted_us: Date.now() * 1000 };
      return json(201, consent);
    case "GET /api/questions":
      return json(200, { questions: [...fixture.QUESTIONS, ...own] });
    case "POST /api/questions": {
      const made = { ...JSON.parse(body.toString()), id: `own-${own.length}-new`, own: true, classic: false };
      own = [...own, { label: null, ...made }];
      return json(201, { id: made.id });
    }
    case "GET /api/question-sets":
      return json(200, { sets });
    case "POST /api/question-sets": {
      const made = { ...JSON.parse(body.toString()), id: `set-${sets.length}`, updated_us: Date.now() * 1000 };
      sets = [...sets, made];
      return json(201, { id: made.id });
    }
    case "GET /api/me/retention":
      return json(200, { at_us: (Date.now() + 86_400_000) * 1000, sessions: 0, references: 1, oldest: [] });
    case "GET /api/sessions":
      return json(200, { sessions, next: null });
    case "POST /api/sessions": {
      if (!consent) return problem(403, "Consent is needed first");
      const { questions: wanted, source = "live" } = JSON.parse(body.toString());
      const made = {
        id: `0193b000-0000-7000-8000-${String(sessions.length).padStart(12, "0")}`,
        state: "created",
        source,
        created_us: Date.now() * 1000,
        started_us: Date.now() * 1000,
        duration_ms: null,
        questions: fixture.QUESTIONS.filter((q) => wanted.includes(q.id)),
        scores: null,
        answers: [],
        gold: false,
        failure: null,
        calibrated: false,
      };
      sessions = [made, ...sessions];
      return json(201, made);
    }
    case "GET /api/sessions/:id":
      return json(200, session);
    case "DELETE /api/sessions/:id":
      sessions = sessions.filter((x) => x !== session);
      return response.writeHead(204).end();
    case "POST /api/sessions/:id/calibration":
      session.calibrated = true;
      return json(200, {
        calibration: {},
        ok: true,
        advice: values.empty
          ? [{ reason: "dark", text: "Your face is in the dark. Turn towards a window or a lamp." }]
          : [],
      });
    case "POST /api/sessions/:id/whip":
      become(session, "live");
      setTimeout(
        () =>
          tell(session.id, {
            type: "hint",
            t: 3000,
            id: "slow_down",
            text: "Slow down a little",
            evidence: "181 words a minute",
            positive: false,
            for_ms: 4000,
          }),
        2500,
      );
      return response
        .writeHead(201, { "content-type": "application/sdp", location: `${url.pathname}/secret`, etag: '"1"' })
        .end("v=0\r\n");
    case "DELETE /api/sessions/:id/whip/:secret":
      finish(session);
      return response.writeHead(200).end();
    case "POST /api/sessions/:id/upload": {
      const part_bytes = 8 * 1024 * 1024;
      session.upload ??= { ...JSON.parse(body.toString()), part_bytes, stored: [], expires_us: 0, job: null };
      return json(200, { ...session.upload, parts: Math.ceil(session.upload.bytes / part_bytes) });
    }
    case "POST /api/sessions/:id/upload/urls":
      return json(200, {
        urls: JSON.parse(body.toString()).parts.map((number) => ({
          number,
          url: `/store/${session.id}/${number}`,
          bytes: 0,
        })),
        expires_us: 0,
      });
    case "POST /api/sessions/:id/upload/complete":
      finish(session);
      return json(202, { job: "j" });
    case "GET /api/sessions/:id/report":
      if (session.state !== "ready") return problem(409, "The report is not ready", session.state);
      return json(200, one(session, fixture.report(duration, Number.parseInt(session.id.slice(-4), 16))));
    case "GET /api/sessions/:id/journal":
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      for (const line of fixture.journal(duration)) response.write(`${line}\n`);
      return response.end();
    case "GET /api/sessions/:id/recording":
      return json(200, {
        url: values.recording ? "/recording.webm" : "/nothing.webm",
        poster_url: null,
        bytes: 1,
        duration_ms: duration,
        content_type: "video/webm",
        expires_us: (Date.now() + 3600_000) * 1000,
      });
    case "PUT /api/sessions/:id/gold":
      session.gold = JSON.parse(body.toString()).gold;
      return json(200, session);
    case "GET /api/compare":
      return json(200, {
        same_question: true,
        words: ["Pace: 172 words a minute here, 148 words a minute there; faster, most of all in the middle."],
        gaps: fixture.GAPS,
        phases: ["opening", "middle", "close"].map((id) => ({ id })),
        a: {},
        b: {},
      });
    case "GET /api/trends":
      return json(200, fixture.trends(sessions));
  }
  if (url.pathname.startsWith("/store/")) {
    // A slow line, so that there is something to see.
    const [, , id, number] = url.pathname.split("/");
    await new Promise((resolve) => setTimeout(resolve, 700));
    sessions.find((x) => x.id === id).upload.stored.push({ number: Number(number), bytes: body.length, crc64: null });
    return response.writeHead(200).end();
  }
  if (url.pathname === "/recording.webm" && values.recording) return range(request, response, values.recording);
  if (url.pathname.startsWith("/api/")) return problem(404, "No such address");
  const path = join(values.dist, normalize(url.pathname));
  const file = existsSync(path) && statSync(path).isFile() ? path : join(values.dist, "index.html");
  response
    .writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" })
    .end(readFileSync(file));
});

/** A session of one question has a report of one answer. */
function one(session, report) {
  if (session.questions.length > 1) return report;
  const [question] = session.questions;
  return {
    ...report,
    answers: [
      {
        ...report.overall,
        question: question?.text ?? null,
        question_id: question?.id ?? null,
        suggested_ms: question?.suggested_ms ?? null,
      },
    ],
  };
}

function range(request, response, file) {
  const { size } = statSync(file);
  const [, from, to] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "") ?? [];
  const start = from === undefined ? 0 : Number(from);
  const end = to ? Number(to) : size - 1;
  response.writeHead(from === undefined ? 200 : 206, {
    "content-type": "video/webm",
    "accept-ranges": "bytes",
    "content-length": end - start + 1,
    ...(from === undefined ? {} : { "content-range": `bytes ${start}-${end}/${size}` }),
  });
  createReadStream(file, { start, end }).pipe(response);
}

const live = new WebSocketServer({ noServer: true });
server.on("upgrade", (request, socket, head) => {
  const id = request.url.split("/")[3];
  live.handleUpgrade(request, socket, head, (ws) => {
    ws.seq = 0;
    const set = sockets.get(id) ?? new Set();
    sockets.set(id, set.add(ws));
    ws.on("close", () => set.delete(ws));
    ws.send(
      JSON.stringify({
        type: "hello",
        seq: ws.seq++,
        protocol: 1,
        session: sessions.find((x) => x.id === id),
        now_t: 0,
      }),
    );
  });
});
server.listen(Number(values.port), "127.0.0.1", () => console.log(`http://127.0.0.1:${values.port}`));
