/** Units of a duration in the order in which they must be written, with their milliseconds. */
const UNITS = [
  ["y", 31_536_000_000],
  ["w", 604_800_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const;

/** Source of the regular expression that durations match, for the JSON Schema too. */
export const DURATION_PATTERN = `^(?=.)${UNITS.map(([unit]) => `(?:(\\d+)${unit})?`).join("")}$`;
const syntax = new RegExp(DURATION_PATTERN);

/**
 * A duration as Prometheus writes them (`500ms`, `10s`, `1m30s`) in milliseconds; null when the
 * text is none. A year has 365 days, a day 24 hours.
 */
export function parseDuration(text: string): number | null {
  const counts = syntax.exec(text)?.slice(1);
  if (counts === undefined) return null;
  let totalMs = 0;
  for (const [index, [, unitMs]] of UNITS.entries()) totalMs += Number(counts[index] ?? 0) * unitMs;
  return totalMs;
}

/**
 * Milliseconds in Prometheus's notation, largest unit first. As there, years and weeks appear only
 * when nothing remains, so that 90 days are `90d` and not `12w6d`.
 */
export function formatDuration(totalMs: number): string {
  let restMs = Math.round(totalMs);
  if (restMs === 0) return "0s";
  let text = "";
  for (const [unit, unitMs] of UNITS) {
    const wholeOnly = unit === "y" || unit === "w";
    if (wholeOnly && restMs % unitMs !== 0) continue;
    const count = Math.floor(restMs / unitMs);
    if (count > 0) text += `${count}${unit}`;
    restMs -= count * unitMs;
  }
  return text;
}
