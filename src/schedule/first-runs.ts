import type { Clock, TimerQueue } from "../clock.ts";
import { groupBy } from "./group-by.ts";
import { type Spreadable, SpreadGroup } from "./spread.ts";

/** First runs of new paths, a second: soon after the start, and yet no herd. */
const FIRST_RUNS_PER_SECOND = 20;

/** Milliseconds after its window for which a place in it is remembered: what is due may be late. */
const LATE_MS = 1_000;

/** A path that is new. */
export interface Newcomer extends Spreadable {
  readonly intervalSeconds: number;
}

/**
 * The first runs of new paths: they do not wait for their schedule, which may be tomorrow at nine,
 * but run one after the other, the last of them after one interval at the latest.
 */
export class FirstRuns {
  readonly #clock: Clock;
  readonly #timers: TimerQueue;
  readonly #onDue: (id: string, dueMs: number) => void;
  readonly #spreads = new Set<SpreadGroup>();
  /** When each new path joins the rounds of its schedule: when all that are new with it have run. */
  readonly #joinsMs = new Map<string, number>();

  constructor(clock: Clock, timers: TimerQueue, onDue: (id: string, dueMs: number) => void) {
    this.#clock = clock;
    this.#timers = timers;
    this.#onDue = onDue;
  }

  /** Begins with the first runs of paths that are new. */
  begin(added: readonly Newcomer[]): void {
    const windowMs = (added.length / FIRST_RUNS_PER_SECOND) * 1000;
    const byWindow = groupBy(added, (path) => Math.min(windowMs, path.intervalSeconds * 1000));
    for (const [ownWindowMs, paths] of byWindow) this.#spread(paths, ownWindowMs);
  }

  /** Whether a path that is due in a round of its schedule is left to its first run. */
  covers(id: string, dueMs: number): boolean {
    const joinsMs = this.#joinsMs.get(id);
    return joinsMs !== undefined && dueMs < joinsMs;
  }

  stop(): void {
    for (const spread of this.#spreads) spread.close();
    this.#spreads.clear();
    this.#joinsMs.clear();
  }

  /** At even distances, in the order of the paths' own places. */
  #spread(paths: readonly Spreadable[], windowMs: number): void {
    const startMs = this.#clock.monotonicMs();
    const joinsMs = startMs + windowMs;
    const spread = new SpreadGroup(this.#clock, this.#timers, (id, dueMs) => {
      // A path that went and came back has its first run in a later window.
      if (this.#joinsMs.get(id) === joinsMs) this.#onDue(id, dueMs);
    });
    const sorted = paths.toSorted((one, other) => one.offset - other.offset);
    const places = sorted.map(({ id }, index) => ({ id, offset: index / sorted.length }));
    spread.change(places, new Set());
    for (const { id } of sorted) this.#joinsMs.set(id, joinsMs);
    this.#spreads.add(spread);
    spread.open(startMs, windowMs);
    this.#timers.at(joinsMs + LATE_MS, () => {
      this.#spreads.delete(spread);
      for (const { id } of sorted) {
        if (this.#joinsMs.get(id) === joinsMs) this.#joinsMs.delete(id);
      }
    });
  }
}
