// A switch with its name and its consequence.
import { useId, type ReactNode } from "react";

interface Props {
  on: boolean;
  title: string;
  children?: ReactNode;
  testid?: string;
  disabled?: boolean;
  onFlip: (on: boolean) => void;
}

export function SwitchRow({ on, title, children, testid, disabled, onFlip }: Props) {
  const id = useId();
  return (
    <div className="flex items-center gap-4 py-3.5">
      <div className="min-w-0 flex-1">
        <p id={id} className="font-medium">
          {title}
        </p>
        {children && <p className="text-sm text-ink-2">{children}</p>}
      </div>
      <button
        type="button"
        role="switch"
        aria-checked={on}
        aria-labelledby={id}
        data-testid={testid}
        disabled={disabled}
        onClick={() => onFlip(!on)}
        className="grid h-11 w-14 shrink-0 place-items-center disabled:opacity-45"
      >
        <span
          aria-hidden="true"
          className={`switch-track relative block h-6 w-11 rounded-full border border-transparent transition-colors ${on ? "bg-accent" : "bg-line-strong"}`}
        >
          <span
            className={`switch-thumb absolute top-0.5 size-4.5 rounded-full bg-surface transition-[left] ${on ? "left-5.5" : "left-0.5"}`}
          />
        </span>
      </button>
    </div>
  );
}

interface SelectProps<T extends string | number> {
  title: string;
  children?: ReactNode;
  value: T;
  options: readonly (readonly [value: T, label: string])[];
  testid?: string;
  onPick: (value: T) => void;
}

/** A row with a choice of a few, for what loses no data. */
export function SelectRow<T extends string | number>({
  title,
  children,
  value,
  options,
  testid,
  onPick,
}: SelectProps<T>) {
  const id = useId();
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5">
      <div className="min-w-0 flex-1 basis-56">
        <label htmlFor={id} className="font-medium">
          {title}
        </label>
        {children && <p className="text-sm text-ink-2">{children}</p>}
      </div>
      <select
        id={id}
        data-testid={testid}
        value={value}
        onChange={(event) => {
          const found = options.find(([x]) => String(x) === event.target.value);
          if (found) onPick(found[0]);
        }}
        className="h-11 rounded-xl border border-line bg-surface px-3 text-sm"
      >
        {options.map(([x, label]) => (
          <option key={x} value={x}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}
