import type { Clock } from "../clock.ts";
import type { Path, PathChange, PathState, ProbeResult } from "../events.ts";

interface KnownState {
  readonly state: Exclude<PathState, "unknown">;
  /** On the monotonic clock, so that a step of the host's clock changes no duration. */
  readonly sinceMonotonicMs: number;
  readonly sinceWallMs: number;
}

const STATE_AFTER = { success: "up", failure: "down" } as const;

/**
 * Which paths are up and which are down, by their last conclusive result. A path is `unknown` until
 * its first one; an inconclusive result says nothing about the MTA and changes nothing.
 */
export class PathStates {
  readonly #clock: Clock;
  readonly #known = new Map<string, KnownState>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes in one result; returns the change of state that it makes, or null when it makes none. */
  record(path: Path, result: ProbeResult): PathChange | null {
    if (result.outcome === "inconclusive") return null;
    const to = STATE_AFTER[result.outcome];
    const before = this.#known.get(path.id);
    if (before?.state === to) return null;
    const nowMs = this.#clock.monotonicMs();
    const atMs = this.#clock.wallMs();
    this.#known.set(path.id, { state: to, sinceMonotonicMs: nowMs, sinceWallMs: atMs });
    return {
      path,
      from: before?.state ?? "unknown",
      to,
      failure: result.failure,
      previousStateSeconds: before === undefined ? null : (nowMs - before.sinceMonotonicMs) / 1000,
      atMs,
    };
  }

  state(pathId: string): PathState {
    return this.#known.get(pathId)?.state ?? "unknown";
  }

  /** Unix time in milliseconds of the result that began the present state; null while `unknown`. */
  sinceMs(pathId: string): number | null {
    return this.#known.get(pathId)?.sinceWallMs ?? null;
  }

  /** Forgets a path that is gone; should it come back, it starts as `unknown`. */
  forget(pathId: string): void {
    this.#known.delete(pathId);
  }
}
