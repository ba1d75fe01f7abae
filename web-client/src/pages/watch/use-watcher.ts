// Watches a participant for as long as a page is open.
import { useEffect, useState } from "react";
import { Watcher, type WatcherState } from "../../live/watcher";

export function useWatcher(endpoint: string, open: boolean): WatcherState {
  const [state, setState] = useState<WatcherState>({ is: "connecting" });
  useEffect(() => {
    if (!open) return;
    const watcher = new Watcher(endpoint, setState);
    watcher.start();
    return () => watcher.stop();
  }, [endpoint, open]);
  return state;
}
