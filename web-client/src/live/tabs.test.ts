// One tab has the camera; another one gets it by asking.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { TabTurn, type Channel } from "./tabs";

let channels: Channel[] = [];
beforeEach(() => void (channels = []));

/** Channels of one name, as tabs of one browser share them. */
function open(): Channel {
  const channel: Channel = {
    onmessage: null,
    postMessage: (data) => {
      for (const other of channels) {
        if (other !== channel) queueMicrotask(() => other.onmessage?.(new MessageEvent("message", { data })));
      }
    },
    close: () => void (channels = channels.filter((x) => x !== channel)),
  };
  channels.push(channel);
  return channel;
}
const tab = (handed = () => undefined as void) => new TabTurn("s", handed, open);

describe("the turn of tabs", () => {
  it("is the first tab's, and the second is told", async () => {
    expect(await tab().claim()).toBe(true);
    expect(await tab().claim()).toBe(false);
  });

  it("goes to the tab that asks, after the first has let go", async () => {
    const order: string[] = [];
    const one = tab(() => void order.push("let go"));
    await one.claim();
    const two = tab();
    await two.claim();
    await two.take();
    order.push("taken");
    expect(order).toEqual(["let go", "taken"]);
    expect(await tab().claim()).toBe(false);
  });

  it("is given to one of two tabs that open at once", async () => {
    const claims = await Promise.all([tab().claim(), tab().claim()]);
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it("is free again when its tab is closed", async () => {
    const one = tab();
    await one.claim();
    one.close();
    expect(await tab().claim()).toBe(true);
  });

  it("is everybody's where the browser has no channel between tabs", async () => {
    expect(await new TabTurn("s", vi.fn(), () => null).claim()).toBe(true);
  });

  it("does not mind what strangers say", async () => {
    const one = tab();
    await one.claim();
    for (const data of [null, 7, "who", {}, { what: "dance" }])
      channels[0]?.onmessage?.(new MessageEvent("message", { data }));
    expect(await tab().claim()).toBe(false);
  });
});
