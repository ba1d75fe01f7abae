// The keys of the history: arrows from session to session, from the search down to them, X chooses, Escape clears the choice.
import { useEffect, useRef, type RefObject } from "react";

const ROW = "[data-testid=history-row]";
const TYPED = "input:not([type=checkbox]), textarea, select, dialog";

/** Returns the place of the list. The keys hold wherever nothing is being typed. */
export function useRowKeys({ onClear }: { onClear: () => void }): RefObject<HTMLDivElement | null> {
  const list = useRef<HTMLDivElement>(null);
  const clear = useRef(onClear);
  useEffect(() => {
    clear.current = onClear;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
      const rows = [...(list.current?.querySelectorAll<HTMLElement>(ROW) ?? [])];
      const at = rows.findIndex((row) => row.contains(document.activeElement));
      const target = event.target instanceof Element ? event.target : null;
      // From the search one goes down to what it found; elsewhere on the page arrows scroll.
      const entering = event.key === "ArrowDown" && target?.matches("input[type=search]") === true;
      if (!entering && (at < 0 || target?.closest(TYPED))) {
        if (event.key === "Escape" && !target?.closest(TYPED)) clear.current();
        return;
      }
      switch (event.key) {
        case "ArrowDown":
        case "ArrowUp": {
          const next = rows[event.key === "ArrowDown" ? at + 1 : at - 1];
          next?.querySelector("a")?.focus();
          break;
        }
        case "x":
        case "X":
          rows[at]?.querySelector<HTMLInputElement>("input[type=checkbox]")?.click();
          break;
        case "Escape":
          clear.current();
          return;
        default:
          return;
      }
      event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  return list;
}
