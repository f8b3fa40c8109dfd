import type { Clock, TimerQueue } from "../clock.ts";
import { everyRounds } from "./rounds.ts";

/** What the second speed needs to know of a path. */
export interface Paced {
  readonly id: string;
  readonly use: { readonly whileFailingMs: number | null };
}

export interface FailingPaceParts<Path extends Paced> {
  readonly clock: Clock;
  readonly timers: TimerQueue;
  readonly onDue: (path: Path, dueMs: number) => void;
  readonly onMissed: (path: Path, runs: number) => void;
}

interface Failing {
  /** Null where a failing path keeps to its schedule. */
  readonly everyMs: number | null;
  readonly stop: () => void;
}

/**
 * The second speed: a failing path runs at an interval of its own where it has one, each from the
 * moment at which it was found failing.
 */
export class FailingPace<Path extends Paced> {
  readonly #parts: FailingPaceParts<Path>;
  /** Every path that fails, also those without a second speed: a reload may give them one. */
  readonly #failing = new Map<string, Failing>();
  #paths: ReadonlyMap<string, Path> = new Map();

  constructor(parts: FailingPaceParts<Path>) {
    this.#parts = parts;
  }

  /** Takes over the paths that exist now; a path that is gone fails no more. */
  update(paths: ReadonlyMap<string, Path>): void {
    this.#paths = paths;
    for (const [id, { everyMs, stop }] of this.#failing) {
      const path = paths.get(id);
      if (path !== undefined && path.use.whileFailingMs === everyMs) continue;
      stop();
      this.#failing.delete(id);
      if (path !== undefined) this.#begin(path);
    }
  }

  /** Tells that a path has begun or ceased to fail. */
  set(path: Path, failing: boolean): void {
    const known = this.#failing.get(path.id);
    if (failing && known === undefined) this.#begin(path);
    if (failing) return;
    known?.stop();
    this.#failing.delete(path.id);
  }

  /** Whether a path runs at its second speed now, and not in its schedule's rounds. */
  has(id: string): boolean {
    return (this.#failing.get(id)?.everyMs ?? null) !== null;
  }

  #begin({ id, use }: Path): void {
    const { clock, timers } = this.#parts;
    const everyMs = use.whileFailingMs;
    if (everyMs === null) {
      this.#failing.set(id, { everyMs, stop: () => {} });
      return;
    }
    const onRound = ({ startMs, missed }: { startMs: number; missed: number }): void => {
      const path = this.#paths.get(id);
      if (path === undefined) return;
      if (missed > 0) this.#parts.onMissed(path, missed);
      this.#parts.onDue(path, startMs);
    };
    const firstMs = clock.monotonicMs() + everyMs;
    const stop = everyRounds({ clock, timers, onRound }, everyMs, firstMs);
    this.#failing.set(id, { everyMs, stop });
  }
}
