// Whether a media query holds, for what cannot be said in CSS: where one thing of a kind stands.
import { useSyncExternalStore } from "react";

export function useMedia(query: string): boolean {
  const known = typeof window.matchMedia === "function";
  return useSyncExternalStore(
    (changed) => {
      if (!known) return () => undefined;
      const list = window.matchMedia(query);
      list.addEventListener("change", changed);
      return () => list.removeEventListener("change", changed);
    },
    () => known && window.matchMedia(query).matches,
  );
}
