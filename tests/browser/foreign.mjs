// A page of somebody else, at http://evil.example, tries to use the server of whoever opened it: every way by which a page reaches another
// address. Prints one JSON object with what the page could read. Usage: node foreign.mjs BASE_URL SESSION QUESTION CONSENT_VERSION OFFER_FILE SCREENSHOT_FOLDER
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { walk } from "./chromium.mjs";

const [base, session, question, version, offer, shots] = process.argv.slice(2);
const target = new URL(base);
// What would be taken from a page of the server itself.
const consent = JSON.stringify({ version });
const wish = JSON.stringify({ questions: [question], source: "upload" });
const seen = {};
const evil = createServer((_, answer) => {
  answer.setHeader("content-type", "text/html");
  answer.end("<!doctype html><title>prizes</title><body></body>");
});
await new Promise((ready) => evil.listen(0, "127.0.0.1", ready));
const args = ["--host-resolver-rules=MAP *.example 127.0.0.1"];

// Almost everything is refused, and the console says so.
await walk({ seen, shots, prefix: "foreign-", args, expected: () => true }, async ({ context, page, go }) => {
  const at = (path) => `${target.origin}${path}`;
  go("open the foreign page");
  await page.goto(`http://evil.example:${evil.address().port}/`);

  go("fetch");
  const requests = [];
  for (const mode of ["cors", "no-cors"]) {
    for (const credentials of ["include", "omit"]) {
      for (const [method, path, type, body] of [
        ["GET", "/api/me", null, null],
        ["GET", `/api/sessions/${session}`, null, null],
        ["GET", "/api/sessions", null, null],
        ["GET", "/metrics", null, null],
        ["POST", "/api/consents", "text/plain", consent],
        ["POST", "/api/sessions", "text/plain", wish],
        ["POST", `/api/sessions/${session}/whip`, "text/plain", readFileSync(offer, "utf8")],
        ["POST", `/api/sessions/${session}/whip`, "application/sdp", readFileSync(offer, "utf8")],
        ["POST", `/api/sessions/${session}/calibration`, "video/webm", "\x1a\x45\xdf\xa3"],
        [
          "POST",
          `/api/sessions/${session}/upload`,
          "application/json",
          '{"name":"x","content_type":"video/webm","bytes":9}',
        ],
        ["PUT", "/api/me", "application/json", '{"retention_days":1}'],
        ["DELETE", `/api/sessions/${session}`, null, null],
        ["DELETE", "/api/consents", null, null],
        ["POST", "/api/me/erasure", "text/plain", "{}"],
        ["GET", "/api/me/export", null, null],
      ]) {
        requests.push({ url: at(path), mode, credentials, method, type, body });
      }
    }
  }
  seen.read = await page.evaluate(async (requests) => {
    const read = [];
    for (const { url, type, body, ...options } of requests) {
      try {
        const headers = type ? { "content-type": type } : {};
        const answer = await fetch(url, { ...options, headers, body });
        const text = await answer.text();
        if (answer.type !== "opaque" || text)
          read.push(`${options.method} ${url} ${answer.status} ${text.slice(0, 80)}`);
      } catch {
        // Refused by the browser: nothing was read.
      }
    }
    return read;
  }, requests);
  seen.requests = requests.length;

  go("beacon, forms, scripts, events, channel");
  seen.others = await page.evaluate(
    async ({ origin, session, host, consent, wish }) => {
      const others = {};
      navigator.sendBeacon(`${origin}/api/consents`, consent);
      navigator.sendBeacon(`${origin}/api/sessions`, new Blob([wish], { type: "text/plain" }));
      const loads = (tag, url) =>
        new Promise((resolve) => {
          const element = document.createElement(tag);
          element.onload = () => resolve(true);
          element.onerror = () => resolve(false);
          if (tag === "link") Object.assign(element, { rel: "stylesheet", href: url });
          else element.src = url;
          document.body.append(element);
        });
      others.script = await loads("script", `${origin}/api/me`);
      others.style = await loads("link", `${origin}/api/me`);
      others.image = await loads("img", `${origin}/api/sessions/${session}/poster`);
      others.events = await new Promise((resolve) => {
        const events = new EventSource(`${origin}/api/me`, { withCredentials: true });
        events.onopen = () => resolve(true);
        events.onerror = () => (events.close(), resolve(false));
      });
      others.channel = await new Promise((resolve) => {
        const channel = new WebSocket(`ws://${host}/api/sessions/${session}/live`);
        channel.onopen = () => resolve(true);
        channel.onerror = () => resolve(false);
      });
      const frame = document.createElement("iframe");
      frame.name = "answers";
      document.body.append(frame);
      for (const [encoding, method] of [
        ["application/x-www-form-urlencoded", "post"],
        ["text/plain", "post"],
        ["multipart/form-data", "post"],
      ]) {
        const form = Object.assign(document.createElement("form"), { target: "answers", method, enctype: encoding });
        form.action = `${origin}/api/consents`;
        // As plain text this is JSON with an ignored tail.
        form.append(Object.assign(document.createElement("input"), { name: '{"version":"x","y":"', value: '"}' }));
        document.body.append(form);
        const done = new Promise((resolve) => (frame.onload = resolve));
        form.submit();
        await done;
      }
      return others;
    },
    { origin: target.origin, session, host: target.host, consent, wish },
  );

  go("a frame and a window");
  const framed = await page.evaluate(
    (url) =>
      new Promise((resolve) => {
        const frame = Object.assign(document.createElement("iframe"), { src: url, id: "framed" });
        frame.onload = () => resolve(true);
        document.body.append(frame);
      }),
    at("/"),
  );
  const inside = page.frames().find((frame) => frame.url().startsWith("chrome-error:") || frame.url() === at("/"));
  seen.framed =
    framed &&
    inside?.url() === at("/") &&
    (await inside
      .locator("#root")
      .count()
      .catch(() => 0)) > 0;
  const [opened] = await Promise.all([
    context.waitForEvent("page"),
    page.evaluate((url) => void (window.opened = window.open(url)), at("/")),
  ]);
  await opened.waitForLoadState();
  seen.window_readable = await page.evaluate(() => {
    try {
      return Boolean(window.opened.document.body);
    } catch {
      return false;
    }
  });
  seen.opener = await opened.evaluate(() => window.opener !== null);

  go("a name of somebody else for this server");
  const rebound = await context.newPage();
  const answer = await rebound.goto(`http://rebound.example:${target.port}/api/me`);
  seen.rebound = { status: answer.status(), says_who: /"id"/.test(await answer.text()) };
});
evil.close();
