// A line of text to type, with its name above.
import { useId } from "react";
import { firstFocus } from "./first-focus";

interface Props {
  label: string;
  type?: "text" | "email" | "password";
  autoComplete?: string;
  value: string;
  onType: (value: string) => void;
  /** The focus goes here when the dialog around it opens. */
  first?: boolean;
  maxLength?: number;
}

export function Field({ label, type = "text", autoComplete = "off", value, onType, first, maxLength }: Props) {
  const id = useId();
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        ref={first ? firstFocus : undefined}
        maxLength={maxLength}
        type={type}
        autoComplete={autoComplete}
        value={value}
        onChange={(event) => onType(event.target.value)}
        className="min-h-11 rounded-xl border border-line bg-surface px-3 text-ink"
      />
    </div>
  );
}
