// A spark line: values over the sessions up to one, ending in a dot.

/** What the line spans: the values' own range, but at least 30 points, so that a small change looks small. */
export function sparkRange(values: readonly (number | null)[]): { min: number; max: number } {
  const known = values.filter((x): x is number => x !== null && Number.isFinite(x));
  if (known.length === 0) return { min: 0, max: 100 };
  const middle = (Math.min(...known) + Math.max(...known)) / 2;
  const half = Math.max(15, (Math.max(...known) - Math.min(...known)) / 2);
  return { min: middle - half, max: middle + half };
}

/** SVG path of the values in a box; gaps where nothing is known. */
export function sparkPath(values: readonly (number | null)[], width: number, height: number): string {
  const { min, max } = sparkRange(values);
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  let path = "";
  let down = false;
  values.forEach((value, i) => {
    if (value === null || !Number.isFinite(value)) {
      down = false;
      return;
    }
    const y = height - ((value - min) / (max - min)) * height;
    path += `${down ? "L" : "M"}${(i * step).toFixed(1)} ${y.toFixed(1)}`;
    down = true;
  });
  return path;
}

interface Props {
  values: (number | null)[];
  colour?: string;
  width?: number;
  height?: number;
  /** Shrinks with its box. */
  fluid?: boolean;
}

export function Spark({ values, colour = "var(--ink-2)", width = 96, height = 28, fluid }: Props) {
  const last = values.at(-1) ?? null;
  const { min, max } = sparkRange(values);
  return (
    <svg
      width={fluid ? "100%" : width}
      height={fluid ? undefined : height}
      viewBox={`-4 -4 ${width + 8} ${height + 8}`}
      aria-hidden="true"
      className="overflow-visible"
    >
      <path
        d={sparkPath(values, width, height)}
        fill="none"
        stroke={colour}
        strokeWidth="2"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
      {last !== null && (
        <circle
          cx={values.length > 1 ? width : 0}
          cy={height - ((last - min) / (max - min)) * height}
          r="3"
          fill={colour}
        />
      )}
    </svg>
  );
}
