import { describe, expect, it } from "vitest";
import type { Timer } from "../../src/clock.ts";
import { TimingWheel } from "../../src/schedule/timing-wheel.ts";
import { ManualClock } from "../support/manual-clock.ts";

/** What a timer may be late by: one slot. */
const TICK_MS = 2;
/** After this time the slots begin again. */
const TURN_MS = 16_384;

interface Bench {
  readonly clock: ManualClock;
  readonly wheel: TimingWheel;
  /** Names of the timers that fired, with the time since the start. */
  readonly fired: [name: string, atMs: number][];
  /** Arms a timer `afterMs` from the start. */
  readonly arm: (name: string, afterMs: number) => Timer;
}

function bench(): Bench {
  const clock = new ManualClock();
  const wheel = new TimingWheel(clock);
  const startMs = clock.monotonicMs();
  const fired: [string, number][] = [];
  return {
    clock,
    wheel,
    fired,
    arm: (name, afterMs) =>
      wheel.at(startMs + afterMs, () => {
        fired.push([name, clock.monotonicMs() - startMs]);
      }),
  };
}

describe("a timing wheel", () => {
  it("fires in order, each timer at its time or within a slot after it", () => {
    const { clock, fired, arm } = bench();
    const afterMs = [500, 3, 77.5, 10, 4_000, 10.1, 0.2];
    for (const ms of afterMs) arm(String(ms), ms);
    clock.advance(5_000);
    const lateMs = fired.map(([name, atMs]) => atMs - Number(name));
    expect(fired.map(([name]) => name)).toEqual(["0.2", "3", "10", "10.1", "77.5", "500", "4000"]);
    expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...lateMs)).toBeLessThanOrEqual(TICK_MS);
  });

  it("fires a timer once", () => {
    const { clock, fired, arm } = bench();
    arm("one", 10);
    clock.advance(10 + 3 * TURN_MS);
    expect(fired).toEqual([["one", 10]]);
  });

  it("fires soon what is due already", () => {
    const { clock, fired, arm } = bench();
    clock.advance(100);
    arm("late", 50);
    expect(fired).toEqual([]);
    clock.advance(TICK_MS);
    expect(fired).toHaveLength(1);
  });

  it.each([1, 2, 3])("keeps a timer that lies %i turns ahead", (turns) => {
    const { clock, fired, arm } = bench();
    const afterMs = turns * TURN_MS + 10;
    arm("far", afterMs);
    arm("near", 10);
    clock.advance(afterMs - 1);
    expect(fired).toEqual([["near", 10]]);
    clock.advance(1);
    expect(fired[1]).toEqual(["far", afterMs]);
  });

  it("fires a timer that lies in the very slot of the turn that has just ended", () => {
    const { clock, fired, arm } = bench();
    arm("now", 250);
    // The heartbeat turns the wheel at 250 ms, one whole turn before.
    arm("a turn later", 250 + TURN_MS);
    clock.advance(250 + TURN_MS);
    expect(fired).toEqual([
      ["now", 250],
      ["a turn later", 250 + TURN_MS],
    ]);
  });

  it("does not fire what is cancelled", () => {
    const { clock, fired, arm } = bench();
    arm("kept", 10);
    const timer = arm("cancelled", 10);
    timer.cancel();
    timer.cancel();
    clock.advance(20);
    expect(fired.map(([name]) => name)).toEqual(["kept"]);
  });

  it("lets a timer that fires cancel the others of its slot, in whatever order they lie", () => {
    const { clock, wheel } = bench();
    const names = ["a", "b", "c", "d", "e"];
    const atMs = clock.monotonicMs() + 10;
    const fired: string[] = [];
    const timers = names.map((name) =>
      wheel.at(atMs, () => {
        fired.push(name);
        for (const timer of timers) timer.cancel();
      }),
    );
    clock.advance(20);
    expect(fired).toHaveLength(1);
  });

  it("fires the rest of a slot of which some were cancelled by the first", () => {
    const { clock, wheel } = bench();
    const atMs = clock.monotonicMs() + 10;
    const fired: number[] = [];
    const timers = Array.from({ length: 6 }, (_, index) =>
      wheel.at(atMs, () => {
        fired.push(index);
        if (fired.length > 1) return;
        for (const other of [1, 2, 4]) timers[other]?.cancel();
      }),
    );
    clock.advance(20);
    expect(fired.toSorted((one, other) => one - other)).toEqual([0, 3, 5]);
  });

  it("lets a timer arm another for the same time, which comes in the next slot", () => {
    const { clock, wheel, fired, arm } = bench();
    wheel.at(clock.monotonicMs() + 10, () => {
      arm("again", 0);
    });
    clock.advance(20);
    expect(fired).toEqual([["again", 12]]);
  });

  it("has no more than one timer of the host, and none when it is empty", () => {
    const { clock, arm } = bench();
    const timers = Array.from({ length: 1_000 }, (_, index) => arm(String(index), index * 7));
    expect(clock.timers).toBe(1);
    clock.advance(3_500);
    expect(clock.timers).toBe(1);
    for (const timer of timers) timer.cancel();
    clock.advance(2 * TURN_MS);
    expect(clock.timers).toBe(0);
  });

  it("begins again after it was empty", () => {
    const { clock, fired, arm } = bench();
    arm("first", 10);
    clock.advance(5 * TURN_MS);
    arm("second", 5 * TURN_MS + 10);
    clock.advance(20);
    expect(fired.map(([name]) => name)).toEqual(["first", "second"]);
  });

  it("never fires after it was stopped", () => {
    const { clock, wheel, fired, arm } = bench();
    arm("never", 10);
    wheel.stop();
    clock.advance(100);
    expect(fired).toEqual([]);
    expect(clock.timers).toBe(0);
  });
});

describe("a process that stood still", () => {
  it("fires everything that fell due, in order", () => {
    const { clock, fired, arm } = bench();
    for (const ms of [30_000, 10, 20_000, 999]) arm(String(ms), ms);
    clock.stall(31_000);
    clock.advance(0);
    expect(fired.map(([name]) => name)).toEqual(["10", "999", "20000", "30000"]);
  });

  it("is noticed by whoever was waiting, also before the wheel has turned", () => {
    const { clock, wheel, arm } = bench();
    const beforeMs = clock.monotonicMs();
    arm("waiting", 5_000);
    clock.advance(100);
    clock.stall(2_000);
    expect(wheel.stalledSince(beforeMs)).toBe(true);
    clock.advance(10);
    expect(wheel.stalledSince(beforeMs)).toBe(true);
    expect(wheel.stalledSince(clock.monotonicMs())).toBe(false);
  });

  it("is not taken for one that was a little late, or that had nothing to wait for", () => {
    const { clock, wheel, arm } = bench();
    const beforeMs = clock.monotonicMs();
    clock.stall(60_000);
    expect(wheel.stalledSince(beforeMs)).toBe(false);
    arm("waiting", 61_000);
    clock.advance(50);
    clock.stall(400);
    clock.advance(1_000);
    expect(wheel.stalledSince(beforeMs)).toBe(false);
  });

  it("is noticed however long the next timer is away", () => {
    const { clock, wheel, arm } = bench();
    const beforeMs = clock.monotonicMs();
    arm("far", 10 * TURN_MS);
    clock.advance(2 * TURN_MS);
    expect(wheel.stalledSince(beforeMs)).toBe(false);
    clock.stall(1_000);
    expect(wheel.stalledSince(beforeMs)).toBe(true);
  });
});
