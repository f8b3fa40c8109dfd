import { hash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import type { Scheduled } from "../../src/schedule/scheduler.ts";
import { mostWithin, ScheduleBench, scheduled } from "../support/schedule-bench.ts";

const CRON = { kind: "cron", expression: "0 * * * * *", timezone: null } as const;
const NINE = { kind: "cron", expression: "0 0 9 * * *", timezone: "Europe/Berlin" } as const;
const EVERY_10_SECONDS = { kind: "every", everyMs: 10_000 } as const;

let bench: ScheduleBench;

beforeEach(() => {
  bench = new ScheduleBench();
});

/** Places as real paths have them: by a hash, so that some are close together. */
function many(count: number, fields: Parameters<typeof scheduled>[1] = {}): readonly Scheduled[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `path ${index}`;
    const offset = hash("sha256", id, "buffer").readUInt32BE(8) / 2 ** 32;
    return scheduled(id, { offset, ...fields });
  });
}

describe("Scheduler", () => {
  it("has one cron task for each distinct expression and time zone, and none for nothing", () => {
    const elsewhere = { ...NINE, timezone: "Asia/Tokyo" };
    bench.update(
      scheduled("a", { schedule: CRON }),
      scheduled("b", { schedule: { ...CRON } }),
      scheduled("c", { schedule: NINE }),
      scheduled("d", { schedule: elsewhere }),
      scheduled("e"),
    );
    const tasks = bench.cron.running.map(({ expression, timezone }) => [expression, timezone]);
    expect(tasks).toEqual([
      ["0 * * * * *", null],
      ["0 0 9 * * *", "Europe/Berlin"],
      ["0 0 9 * * *", "Asia/Tokyo"],
    ]);
    bench.update(scheduled("c", { schedule: NINE }));
    expect(bench.cron.running).toMatchObject([{ timezone: "Europe/Berlin" }]);
    bench.scheduler.stop();
    expect(bench.cron.running).toEqual([]);
  });

  it("runs a new path soon, and then at its place in every round", () => {
    bench.update(scheduled("a", { offset: 0.25 }));
    bench.clock.advance(200_000);
    expect(bench.duesOf("a")).toEqual([0, 75_000, 135_000, 195_000]);
  });

  it("spreads a cron round over the time up to the next run", () => {
    bench.update(scheduled("a", { offset: 0.5, schedule: CRON, intervalSeconds: 60 }));
    bench.clock.advance(10_000);
    bench.cron.tasks[0]?.run({ untilNextMs: 60_000 });
    bench.clock.advance(60_000);
    bench.cron.tasks[0]?.run({ untilNextMs: 20_000 });
    bench.clock.advance(20_000);
    expect(bench.duesOf("a")).toEqual([0, 40_000, 80_000]);
  });

  it("spreads a rare cron round over ten minutes, and any interval over its whole length", () => {
    const hours = { kind: "every", everyMs: 7_200_000 } as const;
    bench.update(
      scheduled("a", { offset: 0.5, schedule: NINE, intervalSeconds: 86_400 }),
      scheduled("b", { offset: 0.5, schedule: hours, intervalSeconds: 7_200 }),
    );
    bench.clock.advance(60_000);
    bench.cron.tasks[0]?.run({ untilNextMs: 86_400_000 });
    bench.clock.advance(14_400_000);
    expect(bench.duesOf("a").slice(1)).toEqual([360_000]);
    expect(bench.duesOf("b").slice(1)).toEqual([10_800_000]);
  });

  it("keeps the times of paths that stay, through any number of reloads", () => {
    const stays = scheduled("a", { offset: 0.25 });
    bench.update(stays);
    for (let reload = 0; reload < 200; reload++) {
      bench.clock.advance(997);
      bench.update({ ...stays }, scheduled(`b${reload % 3}`, { offset: (reload % 10) / 10 }));
    }
    expect(bench.duesOf("a")).toEqual([0, 75_000, 135_000, 195_000]);
    expect(bench.due.filter(({ dueMs, atMs }) => atMs - dueMs > 1)).toEqual([]);
  });

  it("never runs a path that is gone, neither in a round nor for the first time", () => {
    const paths = many(100);
    bench.update(...paths);
    bench.clock.advance(2_000);
    bench.update(...paths.slice(1, 2));
    bench.due.splice(0);
    bench.clock.advance(180_000);
    expect(bench.due.filter(({ id }) => id !== "path 1")).toEqual([]);
    expect(bench.duesOf("path 1").length).toBeGreaterThan(2);
  });

  it("hands out the path as it is now, not as it was when its round began", () => {
    bench.update(scheduled("a", { offset: 0.5 }));
    bench.clock.advance(61_000);
    const changed = scheduled("a", { offset: 0.5 });
    bench.update(changed);
    bench.clock.advance(30_000);
    expect(bench.due.at(-1)).toMatchObject({ dueMs: 90_000 });
    expect(bench.due.at(-1)?.path).toBe(changed);
  });

  it("moves a path whose schedule has changed to the rounds of the new one", () => {
    bench.update(scheduled("a", { offset: 0.5 }));
    bench.clock.advance(1_000);
    bench.update(scheduled("a", { offset: 0.5, schedule: EVERY_10_SECONDS }));
    bench.clock.advance(60_000);
    expect(bench.duesOf("a")).toEqual([0, 16_000, 26_000, 36_000, 46_000, 56_000]);
  });

  it.each([60_000, 15_000, 1_000])(
    "starts no more than 40 of 1,000 in any second, though the first round begins %i ms later",
    (firstRoundMs) => {
      bench.update(...many(1_000, { schedule: CRON, intervalSeconds: 60 }));
      bench.clock.advance(firstRoundMs);
      for (let round = 0; round < 4; round++) {
        bench.cron.tasks[0]?.run({ untilNextMs: 60_000 });
        bench.clock.advance(60_000);
      }
      const times = bench.due.map(({ atMs }) => atMs);
      expect(mostWithin(1_000, times)).toBeLessThanOrEqual(40);
      const counts = many(1_000).map(({ id }) => bench.duesOf(id).length);
      expect(Math.min(...counts)).toBeGreaterThanOrEqual(4);
    },
  );

  it("starts no more than 40 of 1,000 in any second with an interval as well", () => {
    bench.update(...many(1_000));
    bench.clock.advance(300_000);
    expect(
      mostWithin(
        1_000,
        bench.due.map(({ atMs }) => atMs),
      ),
    ).toBeLessThanOrEqual(40);
  });

  describe("after the process stood still for a minute", () => {
    it("runs no round twice, keeps every path's times, and says what it left out", () => {
      bench.update(...many(1_000, { schedule: EVERY_10_SECONDS, intervalSeconds: 10 }));
      bench.clock.advance(65_000);
      bench.due.splice(0);
      bench.clock.stall(60_000);
      bench.clock.advance(20_000);
      const inTime = bench.due.filter(({ dueMs, atMs }) => atMs - dueMs <= 1_000);
      expect(
        mostWithin(
          1_000,
          inTime.map(({ atMs }) => atMs),
        ),
      ).toBeLessThanOrEqual(210);
      // Half of a round was open, five more were skipped, half of the next one had passed.
      const late = bench.due.filter(({ dueMs, atMs }) => atMs - dueMs > 1_000);
      const skipped = bench.missed.reduce((sum, { runs }) => sum + runs, 0);
      expect(skipped).toBe(5_000);
      expect(late.length + inTime.length + skipped).toBe(8_000);
      const own = bench.duesOf("path 7");
      expect(new Set(own.map((dueMs) => dueMs % 10_000)).size).toBe(1);
    });

    it("counts the runs of a cron expression that were left out, for its paths alone", () => {
      bench.update(scheduled("a", { schedule: CRON }), scheduled("b"));
      bench.clock.advance(200_000);
      bench.missed.splice(0);
      bench.cron.tasks[0]?.run({ missed: 3 });
      expect(bench.missed).toEqual([{ id: "a", runs: 3 }]);
    });
  });
});
