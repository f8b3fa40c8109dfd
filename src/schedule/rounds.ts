import type { Clock, Timer, TimerQueue } from "../clock.ts";

/** One round of a schedule. */
export interface Round {
  /** When it begins by its schedule, on the monotonic clock. */
  readonly startMs: number;
  /** Milliseconds up to the next round. */
  readonly lengthMs: number;
  /** Whole rounds before it that a stall left out. */
  readonly missed: number;
}

export interface RoundsParts {
  readonly clock: Clock;
  readonly timers: TimerQueue;
  readonly onRound: (round: Round) => void;
}

/**
 * Rounds at a fixed interval on the monotonic clock, the first at `firstMs`; they do not drift. What
 * a stall made them miss is left out, not caught up. Returns the function that ends them.
 */
export function everyRounds(
  { clock, timers, onRound }: RoundsParts,
  everyMs: number,
  firstMs: number,
): () => void {
  let timer: Timer;
  const wait = (atMs: number): void => {
    timer = timers.at(atMs, () => {
      const missed = Math.max(0, Math.floor((clock.monotonicMs() - atMs) / everyMs));
      const startMs = atMs + missed * everyMs;
      wait(startMs + everyMs);
      onRound({ startMs, lengthMs: everyMs, missed });
    });
  };
  wait(firstMs);
  return () => {
    timer.cancel();
  };
}
