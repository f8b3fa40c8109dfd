import { beforeEach, describe, expect, it } from "vitest";
import { RateGate } from "../../src/schedule/rate-gate.ts";
import { ManualClock } from "../support/manual-clock.ts";

interface Item {
  readonly name: string;
  readonly dueMs: number;
}

let clock: ManualClock;
let startMs: number;
let gate: RateGate<Item>;
/** Who had a turn, and when. */
let turns: string[];
/** Whether a turn is used for an event. */
let isUsed: (item: Item) => boolean;

beforeEach(() => {
  clock = new ManualClock();
  startMs = clock.monotonicMs();
  turns = [];
  isUsed = () => true;
  const onTurn = (item: Item): void => {
    turns.push(`${item.name}@${clock.monotonicMs() - startMs}`);
    if (isUsed(item)) gate.take("key", clock.monotonicMs());
  };
  gate = new RateGate({ clock, timers: clock, onTurn }, 1);
});

function use(): void {
  gate.take("key", clock.monotonicMs());
}

function wait(name: string, dueMs: number): void {
  gate.wait("key", { name, dueMs });
}

describe("RateGate", () => {
  it("is open until the rate is used up, and again when it allows the next event", () => {
    expect(gate.isOpen("key", 0, clock.monotonicMs())).toBe(true);
    use();
    expect(gate.isOpen("key", 0, clock.monotonicMs())).toBe(false);
    expect(gate.isOpen("other", 0, clock.monotonicMs())).toBe(true);
    clock.advance(1_000);
    expect(gate.isOpen("key", 0, clock.monotonicMs())).toBe(true);
  });

  it("gives turns in the order of due times, at the rate, with one timer", () => {
    use();
    wait("second", 20);
    wait("third", 30);
    wait("first", 10);
    expect(clock.timers).toBe(1);
    clock.advance(10_000);
    expect(turns).toEqual(["first@1000", "second@2000", "third@3000"]);
    expect(clock.timers).toBe(0);
  });

  it("lets nobody past who was due later than those in line, and those who were due before", () => {
    use();
    wait("it", 20);
    clock.stall(1_000);
    const nowMs = clock.monotonicMs();
    expect(gate.isOpen("key", 30, nowMs)).toBe(false);
    expect(gate.isOpen("key", 10, nowMs)).toBe(true);
  });

  it("keeps a turn that brought no event for the one who had it", () => {
    use();
    wait("first", 10);
    wait("second", 20);
    isUsed = ({ name }) => name !== "first";
    clock.advance(1_999);
    expect(turns).toEqual(["first@1000"]);
    expect(gate.isOpen("key", 10, clock.monotonicMs())).toBe(true);
    clock.advance(1);
    expect(turns).toEqual(["first@1000", "second@2000"]);
  });

  it("waits longer when somebody else used the turn", () => {
    use();
    wait("it", 20);
    clock.advance(500);
    use();
    clock.advance(1_499);
    expect(turns).toEqual([]);
    clock.advance(1);
    expect(turns).toEqual(["it@2000"]);
  });

  it("heeds a new rate from the next turn on", () => {
    use();
    for (const dueMs of [1, 2, 3]) wait(`${dueMs}`, dueMs);
    gate.setRate(2);
    clock.advance(5_000);
    expect(turns).toEqual(["1@1000", "2@1500", "3@2000"]);
  });

  it("forgets those in line when it is cleared", () => {
    use();
    wait("it", 20);
    gate.clear();
    clock.advance(5_000);
    expect(turns).toEqual([]);
    expect(clock.timers).toBe(0);
  });
});
