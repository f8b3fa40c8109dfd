import { beforeEach, describe, expect, it } from "vitest";
import { mostWithin, ScheduleBench, scheduled } from "../support/schedule-bench.ts";

let bench: ScheduleBench;

beforeEach(() => {
  bench = new ScheduleBench();
});

describe("the second speed of a failing path", () => {
  it("is faster than the schedule, from the first failure to the first success", () => {
    const path = scheduled("a", { offset: 0.5, whileFailingMs: 5_000 });
    bench.update(path);
    bench.clock.advance(91_000);
    bench.scheduler.setFailing(path, true);
    bench.clock.advance(21_000);
    bench.scheduler.setFailing(path, false);
    bench.clock.advance(100_000);
    expect(bench.duesOf("a")).toEqual([
      0, 90_000, 96_000, 101_000, 106_000, 111_000, 150_000, 210_000,
    ]);
  });

  it("is slower than the schedule to spare the peer", () => {
    const path = scheduled("a", { offset: 0.5, whileFailingMs: 300_000 });
    bench.update(path);
    bench.clock.advance(91_000);
    bench.scheduler.setFailing(path, true);
    bench.clock.advance(640_000);
    expect(bench.duesOf("a")).toEqual([0, 90_000, 391_000, 691_000]);
    bench.scheduler.setFailing(path, false);
    bench.clock.advance(60_000);
    expect(bench.duesOf("a").slice(4)).toEqual([750_000]);
  });

  it("is the schedule's where it has none of its own", () => {
    const path = scheduled("a", { offset: 0.5 });
    bench.update(path);
    bench.scheduler.setFailing(path, true);
    bench.clock.advance(160_000);
    expect(bench.duesOf("a")).toEqual([0, 90_000, 150_000]);
  });

  it("does not begin anew with every failure", () => {
    const path = scheduled("a", { whileFailingMs: 5_000 });
    bench.update(path);
    bench.clock.advance(1_000);
    for (let failures = 0; failures < 10; failures++) {
      bench.scheduler.setFailing(path, true);
      bench.clock.advance(1_000);
    }
    expect(bench.duesOf("a")).toEqual([0, 6_000, 11_000]);
  });

  it("begins for a path that fails already when a reload brings it, and ends with it", () => {
    bench.update(scheduled("a", { offset: 0.5 }));
    bench.clock.advance(1_000);
    bench.scheduler.setFailing(scheduled("a", { offset: 0.5 }), true);
    bench.update(scheduled("a", { offset: 0.5, whileFailingMs: 5_000 }));
    bench.clock.advance(10_000);
    expect(bench.duesOf("a")).toEqual([0, 6_000, 11_000]);
    bench.update(scheduled("a", { offset: 0.5, whileFailingMs: 2_000 }));
    bench.clock.advance(4_000);
    expect(bench.duesOf("a").slice(3)).toEqual([13_000, 15_000]);
    bench.update(scheduled("a", { offset: 0.5 }));
    bench.clock.advance(90_000);
    expect(bench.duesOf("a").slice(5)).toEqual([90_000]);
  });

  it("keeps its times when a reload changes nothing", () => {
    const path = scheduled("a", { offset: 0.5, whileFailingMs: 5_000 });
    bench.update(path);
    bench.clock.advance(1_000);
    bench.scheduler.setFailing(path, true);
    for (let reload = 0; reload < 20; reload++) {
      bench.clock.advance(1_000);
      bench.update({ ...path });
    }
    expect(bench.duesOf("a")).toEqual([0, 6_000, 11_000, 16_000, 21_000]);
  });

  it("is forgotten with the path", () => {
    const path = scheduled("a", { offset: 0.5, whileFailingMs: 5_000 });
    bench.update(path);
    bench.scheduler.setFailing(path, true);
    bench.update();
    bench.clock.advance(60_000);
    expect(bench.due).toEqual([]);
    bench.update(path);
    bench.clock.advance(30_000);
    expect(bench.duesOf("a")).toEqual([60_000]);
  });

  it("comes to no burst after a stall: each path keeps its own times, what passed is counted", () => {
    const paths = Array.from({ length: 500 }, (_, index) =>
      scheduled(`path ${index}`, { offset: index / 500, whileFailingMs: 5_000 }),
    );
    bench.update(...paths);
    for (const path of paths) {
      bench.clock.advance(10);
      bench.scheduler.setFailing(path, true);
    }
    bench.clock.advance(20_000);
    bench.due.splice(0);
    bench.clock.stall(60_000);
    bench.clock.advance(10_000);
    const inTime = bench.due.filter(({ dueMs, atMs }) => atMs - dueMs <= 1_000);
    expect(
      mostWithin(
        1_000,
        inTime.map(({ atMs }) => atMs),
      ),
    ).toBeLessThanOrEqual(201);
    const skipped = bench.missed.reduce((sum, { runs }) => sum + runs, 0);
    expect(bench.due.length + skipped).toBe(500 * 14);
  });
});
