import { Scheduler, type Scheduled } from "../../src/schedule/scheduler.ts";
import { FakeCron } from "./fake-cron.ts";
import { ManualClock } from "./manual-clock.ts";

export const EVERY_MINUTE = { kind: "every", everyMs: 60_000 } as const;

/** A path that runs every minute, at the start of its round, unless told otherwise. */
export function scheduled(
  id: string,
  fields: Partial<Omit<Scheduled, "use">> & Partial<Scheduled["use"]> = {},
): Scheduled {
  const { schedule = EVERY_MINUTE, whileFailingMs = null, ...others } = fields;
  return { id, offset: 0, intervalSeconds: 60, use: { schedule, whileFailingMs }, ...others };
}

/** Something that was due, in milliseconds since the start of the bench. */
export interface Due {
  readonly id: string;
  readonly path: Scheduled;
  readonly dueMs: number;
  readonly atMs: number;
}

/** A scheduler on a clock and cron tasks that the test moves. */
export class ScheduleBench {
  readonly clock = new ManualClock();
  readonly cron = new FakeCron();
  readonly due: Due[] = [];
  readonly missed: { readonly id: string; readonly runs: number }[] = [];
  readonly scheduler: Scheduler<Scheduled>;
  readonly #startMs = this.clock.monotonicMs();

  constructor() {
    this.scheduler = new Scheduler({
      clock: this.clock,
      timers: this.clock,
      startCron: this.cron.start,
      onDue: (path, dueMs) => {
        const atMs = this.clock.monotonicMs() - this.#startMs;
        this.due.push({ id: path.id, path, dueMs: dueMs - this.#startMs, atMs });
      },
      onMissed: ({ id }, runs) => this.missed.push({ id, runs }),
    });
  }

  update(...paths: readonly Scheduled[]): void {
    this.scheduler.update(new Map(paths.map((path) => [path.id, path])));
  }

  /** When a path was due, in whole milliseconds since the start. */
  duesOf(id: string): readonly number[] {
    return this.due.filter((due) => due.id === id).map(({ dueMs }) => Math.round(dueMs));
  }
}

/** The most starts in any stretch of time as long as the window. */
export function mostWithin(windowMs: number, times: readonly number[]): number {
  const sorted = times.toSorted((one, other) => one - other);
  let first = 0;
  return sorted.reduce((most, timeMs, index) => {
    while (timeMs - (sorted[first] ?? timeMs) >= windowMs) first++;
    return Math.max(most, index - first + 1);
  }, 0);
}
