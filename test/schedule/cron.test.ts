import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cronIntervalMs, startCron, validCron } from "../../src/schedule/cron.ts";
import type { CronRun } from "../../src/schedule/cron-rounds.ts";

const HOUR_MS = 3_600_000;

/** Tasks that node-cron knows. */
async function taskCount(): Promise<number> {
  const cron = await vi.importActual<{ getTasks(): ReadonlyMap<string, unknown> }>("node-cron");
  return cron.getTasks().size;
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1, 12, 0, 7, 500) });
});

afterEach(() => {
  vi.useRealTimers();
});

describe("validCron", () => {
  it.each([
    "*/15 * * * * *",
    "0 * * * * *",
    "*/5 * * * *",
    "0 0 9,17 * * *",
    "0 30 8 * jan-mar mon-fri",
    "0 0 12 L * *",
    "0 0 12 29 2 *",
    "@hourly",
  ])("takes %j", (expression) => {
    expect(validCron(expression)).toBeNull();
  });

  it.each([
    ["", "expression: pattern includes illegal characters"],
    ["* * * *", "expression: expected 5 or 6 fields but got 4"],
    ["* * * * * * *", "expression: expected 5 or 6 fields but got 7"],
    ["61 * * * * *", "second: 61 is a invalid expression for second"],
    ["0 60 * * * *", "minute: 60 is a invalid expression for minute"],
    ["0 0 24 * * *", "hour: 24 is a invalid expression for hour"],
    ["*/0 * * * * *", "second: */0 is a invalid expression for second"],
    ["0 0 0 30 2 *", "dayOfMonth: 30 2 is an impossible day of month for the given month"],
    ["0 0 0 1 1 1#5", "no date matches it"],
    ["$(reboot) * * * *", "expression: pattern includes illegal characters"],
    ["0-99999999 * * * * *", "no field has a number of three digits"],
    [`${"1,".repeat(1_000)}1 * * * * *`, "longer than 256 characters"],
  ])("says what is wrong with %j", (expression, message) => {
    expect(validCron(expression)).toBe(message);
  });

  it("lets nothing pass that has no interval, and never throws", () => {
    const number = fc.integer({ min: 0, max: 75 }).map(String);
    const piece = fc.oneof(
      fc.constantFrom("*", "?", "L", "mon", "jan", "7L", "2#5", "LW", "15W"),
      number,
      fc.tuple(number, number).map(([from, to]) => `${from}-${to}`),
      number.map((step) => `*/${step}`),
    );
    const field = fc.array(piece, { minLength: 1, maxLength: 2 }).map((pieces) => pieces.join(","));
    const expressions = fc
      .array(field, { minLength: 4, maxLength: 7 })
      .map((fields) => fields.join(" "));
    fc.assert(
      fc.property(expressions, (expression) => {
        const isValid = validCron(expression) === null;
        expect(!isValid || cronIntervalMs(expression, null) > 0).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe("cronIntervalMs", () => {
  it.each([
    ["*/15 * * * * *", 15_000],
    ["0 * * * * *", 60_000],
    ["*/5 * * * *", 300_000],
    ["0-5 * * * * *", 10_000],
    ["0 0 9,17 * * *", 12 * HOUR_MS],
    ["0 0 9 * * *", 24 * HOUR_MS],
  ])("is the average time between the runs of %j", (expression, intervalMs) => {
    expect(cronIntervalMs(expression, "Etc/UTC")).toBe(intervalMs);
    vi.setSystemTime(Date.UTC(2026, 0, 1, 16, 59, 59));
    expect(cronIntervalMs(expression, "Etc/UTC")).toBe(intervalMs);
  });

  it("counts the hours of its time zone: the day on which clocks go forward has 23", () => {
    vi.setSystemTime(Date.UTC(2026, 2, 27, 12));
    expect(cronIntervalMs("0 0 9 * * *", "Europe/Berlin")).toBe(24 * HOUR_MS - HOUR_MS / 24);
    expect(cronIntervalMs("0 0 9 * * *", "Asia/Tokyo")).toBe(24 * HOUR_MS);
  });

  it("leaves no task behind", async () => {
    cronIntervalMs("0 0 9 * * *", null);
    validCron("0 0 0 1 1 1#5");
    expect(await taskCount()).toBe(0);
  });
});

describe("startCron", () => {
  let runs: CronRun[];

  beforeEach(() => {
    runs = [];
  });

  const start = (expression: string, timezone: string | null = null) =>
    startCron(expression, timezone, (run) => runs.push(run));

  it("runs at the times of the expression and says how far the next one is", async () => {
    const task = start("*/15 * * * * *");
    expect(task.untilNextMs()).toBe(7_500);
    await vi.advanceTimersByTimeAsync(7_500);
    expect(runs).toEqual([{ lateMs: 0, untilNextMs: 15_000, missed: 0 }]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(runs).toHaveLength(3);
    task.stop();
  });

  it("reads the hour in the time zone", () => {
    const task = start("0 0 9 * * *", "Asia/Tokyo");
    expect(task.untilNextMs()).toBe(12 * HOUR_MS - 7_500);
    task.stop();
  });

  it("tells after a stall how late it is and what it left out", async () => {
    const task = start("*/15 * * * * *");
    await vi.advanceTimersByTimeAsync(7_500);
    vi.setSystemTime(Date.now() + 61_000);
    await vi.advanceTimersByTimeAsync(0);
    expect(runs).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(runs.slice(1)).toEqual([{ lateMs: 1_000, untilNextMs: 14_000, missed: 4 }]);
    await vi.advanceTimersByTimeAsync(14_000);
    expect(runs.slice(2)).toEqual([{ lateMs: 0, untilNextMs: 15_000, missed: 0 }]);
    task.stop();
  });

  it("ends for good: nothing is left of its task", async () => {
    const task = start("* * * * * *");
    expect(await taskCount()).toBe(1);
    task.stop();
    expect(await taskCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(runs).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
