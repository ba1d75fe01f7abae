// Hints while speaking: each can be switched off, or all.
import { ChevronDown } from "lucide-react";
import type { HintKind } from "../../api/types";
import { usePreferences } from "../../settings/preferences";

interface Props {
  hints: HintKind[];
  off: string[];
  disabled: boolean;
  onChange: (off: string[]) => void;
}

export function HintSwitches({ hints, off, disabled, onChange }: Props) {
  const { hintEveryS } = usePreferences();
  if (hints.length === 0) return null;
  const on = hints.filter((hint) => !off.includes(hint.id)).length;
  const all = on === hints.length;
  return (
    <details className="group border-t border-line pt-4" data-testid="hint-switches">
      <summary className="flex min-h-11 list-none items-center justify-between gap-3 [&::-webkit-details-marker]:hidden">
        <span className="font-semibold">Hints while you speak</span>
        <span className="ml-auto text-sm text-ink-2">{on === 0 ? "off" : all ? "on" : `${on} of ${hints.length}`}</span>
        <ChevronDown size={18} aria-hidden="true" className="text-ink-3 transition-transform group-open:rotate-180" />
      </summary>
      <p className="text-sm text-ink-2">
        One at a time, four seconds each, seldom more than one in {hintEveryS} seconds.
      </p>
      <fieldset disabled={disabled} className="mt-2 grid">
        <legend className="sr-only">Hints</legend>
        {hints.map((hint) => (
          <label key={hint.id} className="flex min-h-11 items-start gap-3 py-2">
            <input
              type="checkbox"
              className="mt-0.5 size-4.5 shrink-0 accent-accent"
              checked={!off.includes(hint.id)}
              onChange={() => onChange(off.includes(hint.id) ? off.filter((id) => id !== hint.id) : [...off, hint.id])}
            />
            <span className="text-sm">
              <span className="block font-medium">{hint.text}</span>
              <span className="block text-ink-2">{hint.description}</span>
            </span>
          </label>
        ))}
        <button
          type="button"
          className="min-h-11 justify-self-start text-sm font-medium text-accent"
          onClick={() => onChange(all ? hints.map(({ id }) => id) : [])}
        >
          {all ? "Switch all off" : "Switch all on"}
        </button>
      </fieldset>
    </details>
  );
}
