import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Timer } from "../../src/clock.ts";
import { TimingWheel } from "../../src/schedule/timing-wheel.ts";
import { ManualClock } from "../support/manual-clock.ts";

/** Inputs that each property is tried on. */
const RUNS = 500;
/** What a timer may be late by: one slot. */
const TICK_MS = 2;

/** The same timers as a plain list: what a wheel must not differ from. */
class Model {
  #timers: { readonly id: number; readonly dueMs: number }[] = [];

  arm(id: number, dueMs: number): void {
    this.#timers.push({ id, dueMs });
  }

  cancel(id: number): void {
    this.#timers = this.#timers.filter((timer) => timer.id !== id);
  }

  /** When a timer is due; NaN when it was cancelled or has fired. */
  dueMs(id: number): number {
    return this.#timers.find((timer) => timer.id === id)?.dueMs ?? Number.NaN;
  }

  /** Timers that have to have fired by `nowMs`, though a slot late. */
  overdue(nowMs: number): number[] {
    return this.#timers.filter(({ dueMs }) => dueMs + TICK_MS <= nowMs).map(({ id }) => id);
  }
}

type Act =
  | { readonly does: "arm"; readonly afterMs: number }
  | { readonly does: "cancel"; readonly which: number }
  | { readonly does: "advance"; readonly ms: number }
  | { readonly does: "stall"; readonly ms: number };

const arm: fc.Arbitrary<Act> = fc.record({
  does: fc.constant("arm" as const),
  afterMs: fc.oneof(
    fc.integer({ min: -10, max: 50 }),
    fc.integer({ min: 0, max: 50_000 }),
    fc.constantFrom(16_384, 32_768, 250, 0),
    fc.double({ min: 0, max: 100, noNaN: true }),
  ),
});
const cancel: fc.Arbitrary<Act> = fc.record({
  does: fc.constant("cancel" as const),
  which: fc.nat(30),
});
const advance: fc.Arbitrary<Act> = fc.record({
  does: fc.constant("advance" as const),
  ms: fc.constantFrom(0, 1, 2, 3, 250, 5_000, 16_384),
});
const stall: fc.Arbitrary<Act> = fc.record({
  does: fc.constant("stall" as const),
  ms: fc.constantFrom(1, 600, 40_000),
});

/** A timer that fired. */
interface Firing {
  /** When it was to fire: its time, or when it was armed if that was later. NaN if it was not to. */
  readonly dueMs: number;
  readonly nowMs: number;
}

interface Outcome {
  /** Timers in the order in which they fired. */
  readonly fired: readonly Firing[];
  /** Timers that the model says have to have fired and have not. */
  readonly missing: readonly number[];
}

function perform(acts: readonly Act[]): Outcome {
  const clock = new ManualClock();
  const wheel = new TimingWheel(clock);
  const model = new Model();
  const timers: Timer[] = [];
  const fired: Firing[] = [];
  for (const act of acts) {
    if (act.does === "arm") {
      const id = timers.length;
      const armedMs = clock.monotonicMs();
      const atMs = armedMs + act.afterMs;
      model.arm(id, Math.max(armedMs, atMs));
      const timer = wheel.at(atMs, () => {
        fired.push({ dueMs: model.dueMs(id), nowMs: clock.monotonicMs() });
        model.cancel(id);
      });
      timers.push(timer);
    } else if (act.does === "cancel") {
      timers[act.which]?.cancel();
      model.cancel(act.which);
    } else if (act.does === "advance") clock.advance(act.ms);
    else clock.stall(act.ms);
  }
  clock.advance(100_000);
  return { fired, missing: model.overdue(clock.monotonicMs()) };
}

describe(`a timing wheel, on ${RUNS} inputs each`, () => {
  it("fires what a sorted list would, in its order and within a slot", () => {
    const acts = fc.array(fc.oneof(arm, arm, cancel, advance), { maxLength: 60 });
    const property = fc.property(acts, (given) => {
      const { fired, missing } = perform(given);
      const lateMs = fired.map(({ dueMs, nowMs }) => nowMs - dueMs);
      const dues = fired.map(({ dueMs }) => dueMs);
      expect(missing).toEqual([]);
      expect(lateMs.filter((late) => !(late >= 0 && late <= TICK_MS))).toEqual([]);
      expect(
        dues.filter((due, index) => due + TICK_MS < Math.max(...dues.slice(0, index))),
      ).toEqual([]);
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it("fires what a sorted list would, never early, while the process stands still at times", () => {
    const acts = fc.array(fc.oneof(arm, arm, cancel, advance, stall), { maxLength: 60 });
    const property = fc.property(acts, (given) => {
      const { fired, missing } = perform(given);
      expect(missing).toEqual([]);
      expect(fired.filter(({ dueMs, nowMs }) => !(nowMs >= dueMs))).toEqual([]);
    });
    fc.assert(property, { numRuns: RUNS });
  });
});
