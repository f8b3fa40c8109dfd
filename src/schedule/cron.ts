import { createTask, validateDetailed } from "node-cron";
import type { StartCron } from "./cron-rounds.ts";

/** Longest expression taken; the longest that says something is shorter. */
const MAX_LENGTH = 256;

/** What is wrong with a cron expression (five fields, or six with seconds); null when nothing is. */
export function validCron(expression: string): string | null {
  if (expression.length > MAX_LENGTH) return `longer than ${MAX_LENGTH} characters`;
  // A range is written out number by number before anybody looks at its bounds.
  if (/\d{3}/.test(expression)) return "no field has a number of three digits";
  const { valid, errors } = validateDetailed(expression);
  const [first] = errors;
  if (first !== undefined) return `${first.field}: ${first.message}`;
  if (!valid) return "it is no cron expression";
  return nextRuns(expression, null, 1).length === 0 ? "no date matches it" : null;
}

/** Runs looked at for the average interval: a whole day of `0 0 9,17 * * *`, twelve times over. */
const RUNS_AVERAGED = 25;

/** Average time between the next runs of a valid expression, in milliseconds. */
export function cronIntervalMs(expression: string, timezone: string | null): number {
  const runs = nextRuns(expression, timezone, RUNS_AVERAGED);
  const first = runs[0]?.getTime() ?? 0;
  const last = runs.at(-1)?.getTime() ?? 0;
  return runs.length < 2 ? Number.POSITIVE_INFINITY : (last - first) / (runs.length - 1);
}

function nextRuns(expression: string, timezone: string | null, count: number): Date[] {
  const task = createTask(expression, () => {}, options(timezone));
  try {
    return task.getNextRuns(count);
  } catch {
    // What it throws after a hundred years without a match.
    return [];
  } finally {
    void task.destroy();
  }
}

/** Starts a task of node-cron. It is late when the process stood still; it never runs twice at once. */
export const startCron: StartCron = (expression, timezone, onRun) => {
  let missed = 0;
  const task = createTask(
    expression,
    ({ date }) => {
      const lateMs = Math.max(0, Date.now() - date.getTime());
      const untilNextMs = task.msToNext() ?? Number.POSITIVE_INFINITY;
      onRun({ lateMs, untilNextMs, missed });
      missed = 0;
    },
    options(timezone),
  );
  task.on("execution:missed", () => {
    missed++;
  });
  void task.start();
  return {
    untilNextMs: () => task.msToNext() ?? Number.POSITIVE_INFINITY,
    stop: () => {
      void task.destroy();
    },
  };
};

function options(timezone: string | null) {
  return {
    // What is late takes part in its round as far as that goes; what is missed is counted here.
    missedExecutionTolerance: Number.POSITIVE_INFINITY,
    suppressMissedWarning: true,
    ...(timezone === null ? {} : { timezone }),
  };
}
