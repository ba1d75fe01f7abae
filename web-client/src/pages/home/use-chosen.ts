// The chosen questions: in the address, so that Back and a reload keep them, and in the tab, so that a link to the start page does.
import { useCallback, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { fromSearch, toSearch } from "./choice";

const KEY = "coach.chosen";

function kept(): string[] {
  try {
    return fromSearch(sessionStorage.getItem(KEY) ?? "");
  } catch {
    return [];
  }
}

export function useChosen(): [string[], (next: string[]) => void] {
  const search = useSearch();
  const [, go] = useLocation();
  const [chosen, setChosen] = useState<string[]>(() => {
    const asked = fromSearch(search);
    return asked.length > 0 ? asked : kept();
  });
  const choose = useCallback(
    (next: string[]) => {
      setChosen(next);
      try {
        sessionStorage.setItem(KEY, toSearch(next));
      } catch {
        // Then the address alone keeps them.
      }
      go(next.length > 0 ? `/?${toSearch(next)}` : "/", { replace: true });
    },
    [go],
  );
  return [chosen, choose];
}
