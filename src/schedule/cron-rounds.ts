import type { Timer } from "../clock.ts";
import type { RoundsParts } from "./rounds.ts";

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

/** How late a cron task may be before it is started anew. */
const GRACE_MS = 2_000;

/** A timer that is this late tells of a stall. */
const STALL_MS = 100;

/**
 * Rounds by a cron expression, from the moment at which this is made until it is stopped. A cron
 * task waits for a time of the host's clock: when that is set back it would be silent for as long,
 * so the monotonic clock watches over it and starts it anew.
 */
export class CronRounds {
  readonly #parts: RoundsParts;
  readonly #start: () => CronTask;
  #task: CronTask;
  #watch: Timer | undefined;
  #lastRunMs: number;

  constructor(
    parts: RoundsParts,
    startCron: StartCron,
    { expression, timezone }: { readonly expression: string; readonly timezone: string | null },
  ) {
    this.#parts = parts;
    this.#lastRunMs = parts.clock.monotonicMs();
    this.#start = () =>
      startCron(expression, timezone, (run) => {
        this.#onRun(run);
      });
    this.#task = this.#start();
    this.#expectRun(this.#task.untilNextMs());
  }

  stop(): void {
    this.#watch?.cancel();
    this.#task.stop();
  }

  #onRun({ lateMs, untilNextMs, missed }: CronRun): void {
    const { clock, onRound } = this.#parts;
    this.#expectRun(untilNextMs);
    const nowMs = clock.monotonicMs();
    const lengthMs = lateMs + untilNextMs;
    // A host's clock that is set forward skips runs for which there never was any time.
    const possible = Math.floor((nowMs - this.#lastRunMs) / lengthMs);
    this.#lastRunMs = nowMs;
    onRound({ startMs: nowMs - lateMs, lengthMs, missed: Math.min(missed, possible) });
  }

  #expectRun(untilMs: number): void {
    this.#watch?.cancel();
    if (untilMs === Number.POSITIVE_INFINITY) return;
    const { clock, timers } = this.#parts;
    const byMs = clock.monotonicMs() + untilMs + GRACE_MS;
    this.#watch = timers.at(byMs, () => {
      // After a stall the task is as late as this timer, and about to run.
      if (clock.monotonicMs() - byMs > STALL_MS) this.#expectRun(0);
      else this.#startAnew();
    });
  }

  #startAnew(): void {
    this.#task.stop();
    this.#task = this.#start();
    this.#expectRun(this.#task.untilNextMs());
  }
}
