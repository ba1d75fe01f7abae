// Keeps the screen on while somebody answers. A browser that cannot does without.

/** Asks for the screen to stay on, again whenever the page is seen again; returns the way to let it sleep. */
export function keepAwake(): () => void {
  const wake = (navigator as Partial<Navigator>).wakeLock;
  if (!wake) return () => undefined;
  let over = false;
  let lock: WakeLockSentinel | null = null;
  const ask = () => {
    if (document.visibilityState !== "visible") return;
    wake.request("screen").then(
      (got) => {
        if (over) void got.release();
        else lock = got;
      },
      // Refused on low battery: the answer goes on all the same.
      () => undefined,
    );
  };
  document.addEventListener("visibilitychange", ask);
  ask();
  return () => {
    over = true;
    document.removeEventListener("visibilitychange", ask);
    void lock?.release();
  };
}
