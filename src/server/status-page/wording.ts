const steps = [
  { unit: "d", seconds: 86_400, next: "h", nextSeconds: 3_600 },
  { unit: "h", seconds: 3_600, next: "m", nextSeconds: 60 },
  { unit: "m", seconds: 60, next: "s", nextSeconds: 1 },
] as const;

/** A span of time in its two largest units: `3d 4h`, `5m 0s`, `12s`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const step = steps.find((candidate) => seconds >= candidate.seconds);
  if (step === undefined) return `${seconds}s`;
  const rest = Math.floor((seconds % step.seconds) / step.nextSeconds);
  return `${Math.floor(seconds / step.seconds)}${step.unit} ${rest}${step.next}`;
}

/** How long a probe took: `0.4 ms`, `12 ms`, `1.23 s`. */
export function duration(seconds: number): string {
  const ms = seconds * 1000;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${seconds.toFixed(2)} s`;
}

/** `1 path`, `2 paths`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
