import type { PortRange } from "./model.ts";

/** Fewest ports that probes may leave from: enough that none is needed again while it rests. */
export const MIN_PORTS = 100;

/** The two ports of `FROM-TO`; null when the text is no range of at least `MIN_PORTS` ports. */
export function parsePortRange(text: string): PortRange | null {
  const [from, to] = (/^(\d{1,5})-(\d{1,5})$/.exec(text) ?? []).slice(1).map(Number);
  if (from === undefined || to === undefined) return null;
  return from >= 1024 && to <= 65535 && portCount({ from, to }) >= MIN_PORTS ? { from, to } : null;
}

/** How many ports a range has. */
export function portCount({ from, to }: PortRange): number {
  return to - from + 1;
}

/** Whether two ranges have a port in common. */
export function overlap(a: PortRange, b: PortRange): boolean {
  return a.from <= b.to && b.from <= a.to;
}
