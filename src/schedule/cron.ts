import { createTask, validateDetailed } from "node-cron";

/** What is wrong with a cron expression (five fields, or six with seconds); null when nothing is. */
export function validCron(expression: string): string | null {
  const { valid, errors } = validateDetailed(expression);
  if (valid) return null;
  const [first] = errors;
  return first === undefined ? "it is no cron expression" : `${first.field}: ${first.message}`;
}

/** Runs looked at for the average interval of an expression such as `0 0 9,17 * * *`. */
const RUNS_AVERAGED = 8;

/** Average time between the next runs of an expression, in milliseconds. */
export function cronIntervalMs(expression: string, timezone: string | null): number {
  const task = createTask(expression, () => {}, options(timezone));
  const runs = task.getNextRuns(RUNS_AVERAGED);
  void task.destroy();
  const first = runs[0]?.getTime() ?? 0;
  const last = runs.at(-1)?.getTime() ?? 0;
  return runs.length < 2 ? Number.POSITIVE_INFINITY : (last - first) / (runs.length - 1);
}

/** Starts a task that calls back at every run, with the milliseconds up to the next one. */
export function startCron(
  expression: string,
  timezone: string | null,
  onRun: (untilNextMs: number) => void,
): () => void {
  const task = createTask(
    expression,
    () => {
      onRun(task.msToNext() ?? Number.POSITIVE_INFINITY);
    },
    options(timezone),
  );
  void task.start();
  return () => {
    void task.destroy();
  };
}

function options(timezone: string | null): { timezone?: string; suppressMissedWarning: true } {
  // A run that is missed shows as paths that ran late or not at all; node-cron's own log would not.
  return { suppressMissedWarning: true, ...(timezone === null ? {} : { timezone }) };
}
