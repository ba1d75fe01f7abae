// What is asked of camera and microphone, and what is said when they refuse.
import { describe, expect, it } from "vitest";
import { applied, constraints, refusal } from "./capture";

describe("capture", () => {
  it("takes the voice as it is, and cancels echo only while somebody else is heard", () => {
    expect(constraints({}).audio).toMatchObject({
      autoGainControl: false,
      noiseSuppression: false,
      echoCancellation: false,
    });
    expect(constraints({}, true).audio).toMatchObject({ echoCancellation: true, autoGainControl: false });
    expect(constraints({ camera: "c", microphone: "m" })).toMatchObject({
      video: { deviceId: { exact: "c" } },
      audio: { deviceId: { exact: "m" } },
    });
  });

  it("reports what the browser applied, and the worst where it does not say", () => {
    const stream = (video: object, audio: object) =>
      ({
        getVideoTracks: () => [{ getSettings: () => video }],
        getAudioTracks: () => [{ getSettings: () => audio }],
      }) as unknown as MediaStream;
    const asked = { autoGainControl: false, noiseSuppression: false, echoCancellation: false };
    expect(applied(stream({ width: 640, height: 480 }, asked))).toEqual({
      width: 640,
      height: 480,
      agc: false,
      noise_suppression: false,
      echo_cancellation: false,
    });
    const worst = { width: 0, height: 0, agc: true, noise_suppression: true, echo_cancellation: true };
    expect(applied(stream({}, {}))).toEqual(worst);
  });

  it("turns every refusal into something to do", () => {
    const kinds = ["NotAllowedError", "NotFoundError", "NotReadableError", "Insecure", "SomethingNew"].map(
      (name) => refusal(Object.assign(new Error(), { name })).kind,
    );
    expect(kinds).toEqual(["denied", "missing", "busy", "insecure", "unknown"]);
    expect(refusal("not even an error").cure).not.toBe("");
  });
});
