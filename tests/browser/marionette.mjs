// Firefox as Debian ships it, driven through its own Marionette port (no geckodriver): start, navigate, run scripts, click.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

/** How long Firefox may take to open its port, and one command to answer. */
const START_MS = 60_000;
const COMMAND_MS = 120_000;

const PREFERENCES = {
  "marionette.port": 0,
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  "media.autoplay.default": 0,
  "app.update.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "toolkit.telemetry.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "media.gmp-manager.url": "",
  "media.gmp-provider.enabled": false,
};

/** Length-prefixed JSON over a socket: `[0, id, name, parameters]` out, `[1, id, error, result]` in. */
class Wire {
  constructor(socket) {
    this.socket = socket;
    this.pending = new Map();
    this.last = 0;
    this.read = Buffer.alloc(0);
    this.hello = new Promise((resolve) => (this.greeted = resolve));
    socket.on("data", (bytes) => this.take(bytes));
    const gone = () => this.pending.forEach(({ reject }) => reject(new Error("Firefox closed the connection")));
    socket.on("close", gone);
    socket.on("error", gone);
  }

  take(bytes) {
    this.read = Buffer.concat([this.read, bytes]);
    for (;;) {
      const colon = this.read.indexOf(":");
      const length = Number(this.read.subarray(0, Math.max(colon, 0)).toString());
      if (colon < 0 || this.read.length < colon + 1 + length) return;
      const message = JSON.parse(this.read.subarray(colon + 1, colon + 1 + length).toString());
      this.read = this.read.subarray(colon + 1 + length);
      if (!Array.isArray(message)) {
        this.greeted();
        continue;
      }
      const [, id, error, result] = message;
      const waiting = this.pending.get(id);
      this.pending.delete(id);
      if (error) waiting?.reject(new Error(`${error.error}: ${error.message}`));
      else waiting?.resolve(result);
    }
  }

  call(name, parameters = {}) {
    const id = (this.last += 1);
    const text = Buffer.from(JSON.stringify([0, id, name, parameters]));
    this.socket.write(`${text.length}:`);
    this.socket.write(text);
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${name} was not answered in ${COMMAND_MS / 1000} s`)),
        COMMAND_MS,
      );
      const over = (settle) => (value) => (clearTimeout(late), settle(value));
      this.pending.set(id, { resolve: over(resolve), reject: over(reject) });
    });
  }
}

/** Connects as soon as Firefox has written down its port. */
async function port(profile, firefox) {
  const by = Date.now() + START_MS;
  while (firefox.exitCode === null && Date.now() < by) {
    try {
      const found = Number(readFileSync(path.join(profile, "MarionetteActivePort"), "utf8"));
      if (found > 0) return found;
    } catch {
      // Not written yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(
    firefox.exitCode === null ? "Firefox opened no port for commands" : `Firefox ended with ${firefox.exitCode}`,
  );
}

/** A script that waits until `body` gives something true. Its text is put together here: pages forbid evaluation. */
const until = (body) => `
  const [args, limit, done] = arguments;
  const test = (args) => { ${body} };
  const by = Date.now() + limit;
  (function look() {
    let value;
    try { value = test(args); } catch (error) { value = undefined; }
    if (value) done({ value: value instanceof Node ? true : value });
    else if (Date.now() > by) done({ late: true });
    else requestAnimationFrame(look);
  })();
`;

/** A page of a Firefox of its own. */
export class Page {
  static async open(preferences = {}) {
    const profile = mkdtempSync(path.join(tmpdir(), "coach-firefox-"));
    const lines = Object.entries({ ...PREFERENCES, ...preferences }).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
    );
    writeFileSync(path.join(profile, "user.js"), lines.join("\n"));
    const program = process.env.COACH_FIREFOX ?? "/usr/bin/firefox-esr";
    const args = [
      "--headless",
      "--marionette",
      "--no-remote",
      "--width",
      "1280",
      "--height",
      "860",
      "-profile",
      profile,
      "about:blank",
    ];
    const firefox = spawn(program, args, {
      env: { ...process.env, HOME: profile, MOZ_HEADLESS: "1" },
      stdio: "ignore",
    });
    const page = new Page();
    Object.assign(page, { profile, firefox });
    try {
      const socket = connect(await port(profile, firefox), "127.0.0.1");
      page.wire = new Wire(socket);
      await page.wire.hello;
      await page.wire.call("WebDriver:NewSession", { capabilities: {} });
    } catch (error) {
      await page.close();
      throw error;
    }
    return page;
  }

  goto(url) {
    return this.wire.call("WebDriver:Navigate", { url });
  }

  /** The value of `body`, a function's body that sees `args`. */
  async run(body, ...args) {
    const script = `const args = arguments[0]; ${body}`;
    return (await this.wire.call("WebDriver:ExecuteScript", { script, args: [args] })).value;
  }

  /** Waits until `body` gives something true; that. */
  async until(body, { args = [], ms = 30_000 } = {}) {
    const call = { script: until(body), args: [args, ms], scriptTimeout: ms + 10_000 };
    const { value } = await this.wire.call("WebDriver:ExecuteAsyncScript", call);
    if (value.late) throw new Error(`not so within ${ms / 1000} s: ${body}`);
    return value.value;
  }

  /** Waits until the element is there and can be clicked, and clicks it. */
  async click(testid, n = 0) {
    const found = `const e = document.querySelectorAll(args[0])[args[1]]; return e && !e.disabled`;
    await this.until(found, { args: [`[data-testid="${testid}"]`, n] });
    await this.run(`document.querySelectorAll(args[0])[args[1]].click()`, `[data-testid="${testid}"]`, n);
  }

  /** Waits until the element is there; the attribute, or else its text. */
  read(testid, attribute) {
    const body = `const e = document.querySelector(args[0]); return e && (args[1] ? e.getAttribute(args[1]) : e.textContent.trim())`;
    return this.until(body, { args: [`[data-testid="${testid}"]`, attribute] });
  }

  async shot(file) {
    const { value } = await this.wire.call("WebDriver:TakeScreenshot", { full: false });
    writeFileSync(file, Buffer.from(value, "base64"));
  }

  async close() {
    const ended = new Promise((resolve) =>
      this.firefox.exitCode === null ? this.firefox.once("exit", resolve) : resolve(),
    );
    await this.wire?.call("Marionette:Quit", { flags: ["eForceQuit"] }).catch(() => undefined);
    if (!this.wire) this.firefox.kill("SIGKILL");
    const late = setTimeout(() => this.firefox.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(late);
    this.wire?.socket.destroy();
    rmSync(this.profile, { recursive: true, force: true });
  }
}
