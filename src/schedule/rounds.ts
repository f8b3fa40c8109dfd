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

/** One run of a cron task. */
export interface CronRun {
  /** Milliseconds since the time that the expression says. */
  readonly lateMs: number;
  readonly untilNextMs: number;
  /** Runs that were left out since the one before. */
  readonly missed: number;
}

/** A cron task that has been started. */
export interface CronTask {
  /** Milliseconds up to its next run. */
  untilNextMs(): number;
  stop(): void;
}

/** Starts a cron task for an expression in a time zone; null is the host's. */
export type StartCron = (
  expression: string,
  timezone: string | null,
  onRun: (run: CronRun) => void,
) => CronTask;

interface RoundsParts {
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

/** How late a cron task may be before it is started anew. */
const GRACE_MS = 2_000;

/** A timer that is this late tells of a stall. */
const STALL_MS = 100;

/**
 * Rounds by a cron expression. A cron task waits for a time of the host's clock: when that is set
 * back it would be silent for as long, so the monotonic clock watches over it and starts it anew.
 * Returns the function that ends them.
 */
export function cronRounds(
  { clock, timers, onRound }: RoundsParts,
  startCron: StartCron,
  { expression, timezone }: { readonly expression: string; readonly timezone: string | null },
): () => void {
  let task: CronTask;
  let watch: Timer | undefined;
  const expect = (untilMs: number): void => {
    watch?.cancel();
    if (untilMs === Number.POSITIVE_INFINITY) return;
    const byMs = clock.monotonicMs() + untilMs + GRACE_MS;
    watch = timers.at(byMs, () => {
      // After a stall the task is as late as this timer, and about to run.
      if (clock.monotonicMs() - byMs > STALL_MS) expect(0);
      else {
        task.stop();
        begin();
      }
    });
  };
  const begin = (): void => {
    task = startCron(expression, timezone, ({ lateMs, untilNextMs, missed }) => {
      expect(untilNextMs);
      const startMs = clock.monotonicMs() - lateMs;
      onRound({ startMs, lengthMs: lateMs + untilNextMs, missed });
    });
    expect(task.untilNextMs());
  };
  begin();
  return () => {
    watch?.cancel();
    task.stop();
  };
}
