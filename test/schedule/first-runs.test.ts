import { beforeEach, describe, expect, it } from "vitest";
import { FirstRuns, type Newcomer } from "../../src/schedule/first-runs.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { mostWithin } from "../support/schedule-bench.ts";

let clock: ManualClock;
let runs: { readonly id: string; readonly atMs: number }[];
let first: FirstRuns;
let startMs: number;

beforeEach(() => {
  clock = new ManualClock();
  startMs = clock.monotonicMs();
  runs = [];
  first = new FirstRuns(clock, clock, (id) => {
    runs.push({ id, atMs: clock.monotonicMs() - startMs });
  });
});

function newcomers(count: number, intervalSeconds: number, prefix = ""): readonly Newcomer[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${prefix}${index}`,
    offset: 0.5,
    intervalSeconds,
  }));
}

describe("FirstRuns", () => {
  it("come twenty a second, at even distances, though all have the same place", () => {
    first.begin(newcomers(100, 86_400));
    clock.advance(10_000);
    const times = runs.map(({ atMs }) => Math.round(atMs));
    expect(times).toEqual(Array.from({ length: 100 }, (_, index) => index * 50));
  });

  it("are over after one interval, however many there are", () => {
    first.begin(newcomers(1_000, 10));
    clock.advance(10_000);
    expect(runs).toHaveLength(1_000);
    expect(
      mostWithin(
        1_000,
        runs.map(({ atMs }) => atMs),
      ),
    ).toBeLessThanOrEqual(101);
  });

  it("stand in for a path's place in the rounds until all that are new with it have run", () => {
    first.begin(newcomers(20, 60));
    expect(first.covers("0", startMs + 999)).toBe(true);
    expect(first.covers("0", startMs + 1_000)).toBe(false);
    expect(first.covers("old", startMs)).toBe(false);
    clock.advance(2_000);
    expect(first.covers("0", startMs + 999)).toBe(false);
    expect(clock.timers).toBe(0);
  });

  it("come once for a path that goes and comes back meanwhile", () => {
    first.begin(newcomers(20, 60));
    clock.advance(100);
    runs.splice(0);
    first.begin(newcomers(20, 60).slice(10, 11));
    clock.advance(5_000);
    expect(runs.filter(({ id }) => id === "10")).toHaveLength(1);
  });

  it("end with stop()", () => {
    first.begin(newcomers(100, 60));
    first.stop();
    clock.advance(10_000);
    expect(runs).toEqual([]);
  });
});
