// A spark line: four scores' mean over the answers before this one, ending in a dot.

/** SVG path of values 0 to 100 in a box; gaps where nothing is known. */
export function sparkPath(values: readonly (number | null)[], width: number, height: number): string {
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  let path = "";
  let down = false;
  values.forEach((value, i) => {
    if (value === null || !Number.isFinite(value)) {
      down = false;
      return;
    }
    const y = height - (Math.min(100, Math.max(0, value)) / 100) * height;
    path += `${down ? "L" : "M"}${(i * step).toFixed(1)} ${y.toFixed(1)}`;
    down = true;
  });
  return path;
}

export function Spark({ values, colour = "var(--ink-2)", width = 96, height = 28 }: { values: (number | null)[]; colour?: string; width?: number; height?: number }) {
  const last = values.at(-1) ?? null;
  return (
    <svg width={width} height={height} viewBox={`-4 -4 ${width + 8} ${height + 8}`} aria-hidden="true" className="overflow-visible">
      <path d={sparkPath(values, width, height)} fill="none" stroke={colour} strokeWidth="2" strokeLinejoin="round" strokeLinecap="round" />
      {last !== null && <circle cx={values.length > 1 ? width : 0} cy={height - (last / 100) * height} r="3" fill={colour} />}
    </svg>
  );
}
