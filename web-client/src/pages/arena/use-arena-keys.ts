// The keys of the Arena: N next, P pause, V own video, Space "I am ready", Escape asks before it ends.
import { useEffect } from "react";
import { prefer, preferences } from "../../settings/preferences";
import type { Arena } from "./use-arena";

/** Keys belong to what has the focus before they belong to the page. */
const pressed = (event: KeyboardEvent) =>
  (event.key === " " || event.key === "Enter") &&
  event.target instanceof Element &&
  event.target.closest("button, a") !== null;

export const flipSelfView = () => prefer({ selfView: preferences().selfView === "small" ? "hidden" : "small" });

export function useArenaKeys({ send, hold, stage }: Pick<Arena, "send" | "hold" | "stage">, ask: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || document.querySelector("dialog[open]"))
        return;
      if (pressed(event) || stage.at === "resume" || stage.at === "elsewhere") return;
      switch (event.key.toLowerCase()) {
        case "n":
          send({ is: "done", then: "next" });
          break;
        case "p":
          send({ is: hold ? "resume" : "pause" });
          break;
        case "v":
          flipSelfView();
          break;
        case " ":
          if (stage.at !== "preparing") return;
          send({ is: "ready" });
          break;
        case "escape":
          ask();
          break;
        default:
          return;
      }
      event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [send, hold, stage.at, ask]);
}
