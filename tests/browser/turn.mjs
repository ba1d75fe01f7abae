// Answers in a Chromium that may use nothing but the TURN server: its media reaches the coach through the relay alone.
// Prints one JSON object with what it saw. Usage: node turn.mjs BASE_URL SESSION CAMERA MICROPHONE SCREENSHOT_FOLDER
import { walk } from "./chromium.mjs";

const [base, session, camera, microphone, shots] = process.argv.slice(2);
const ANSWER_MS = 6000;
const seen = {};
const args = [
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
  `--use-file-for-fake-video-capture=${camera}`,
  `--use-file-for-fake-audio-capture=${microphone}`,
];

await walk({ seen, shots, prefix: "turn-", permissions: ["camera", "microphone"], args }, async ({ page, by, go }) => {
  await page.addInitScript(() => {
    const Real = window.RTCPeerConnection;
    window.peers = [];
    window.RTCPeerConnection = class extends Real {
      constructor(config) {
        super({ ...config, iceTransportPolicy: "relay" });
        window.servers = config.iceServers;
        window.peers.push(this);
      }
    };
  });
  go("publish");
  await page.goto(`${base}/arena/${session}`);
  await page.waitForSelector("[data-testid=arena][data-state=live]", { timeout: 60_000 });
  await page.waitForTimeout(ANSWER_MS);
  seen.servers = await page.evaluate(() => window.servers.map(({ urls }) => urls).flat());
  seen.pair = await page.evaluate(async () => {
    const stats = [...(await window.peers.at(-1).getStats()).values()];
    const pair = stats.find((one) => one.type === "candidate-pair" && one.nominated && one.state === "succeeded");
    const local = stats.find((one) => one.id === pair?.localCandidateId);
    return { type: local?.candidateType, protocol: local?.relayProtocol, sent: pair?.bytesSent };
  });
  go("stop");
  await by("stop").click();
  await by("score-value-confidence").first().waitFor({ timeout: 120_000 });
});
