import type { CronRun, CronTask, StartCron } from "../../src/schedule/cron-rounds.ts";

/** A cron task that a test has in hand. */
export interface FakeTask {
  readonly expression: string;
  readonly timezone: string | null;
  /** Runs it: on time, and with a minute up to the next run, unless told otherwise. */
  run(run?: Partial<CronRun>): void;
  stopped: boolean;
}

/** Cron tasks that run when the test says so; each one's next run is a minute away. */
export class FakeCron {
  readonly tasks: FakeTask[] = [];

  readonly start: StartCron = (expression, timezone, onRun): CronTask => {
    const task: FakeTask = {
      expression,
      timezone,
      stopped: false,
      run: (run) => {
        onRun({ lateMs: 0, untilNextMs: 60_000, missed: 0, ...run });
      },
    };
    this.tasks.push(task);
    return {
      untilNextMs: () => 60_000,
      stop: () => {
        task.stopped = true;
      },
    };
  };

  /** Those that have not been stopped. */
  get running(): readonly FakeTask[] {
    return this.tasks.filter(({ stopped }) => !stopped);
  }
}
