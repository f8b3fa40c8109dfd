import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { SpreadGroup } from "../../src/schedule/spread.ts";
import { ManualClock } from "../support/manual-clock.ts";

let clock: ManualClock;
let group: SpreadGroup;
let startMs: number;
/** What was due, as `id@milliseconds`. */
let due: string[];

beforeEach(() => {
  clock = new ManualClock();
  startMs = clock.monotonicMs();
  due = [];
  group = new SpreadGroup(clock, clock, (id, dueMs) => {
    due.push(`${id}@${Math.round(dueMs - startMs)}`);
  });
});

/** Makes these the members of a group: others go, those that are new join. */
function become(changed: SpreadGroup, offsets: Readonly<Record<string, number>>): void {
  const wanted = new Map(Object.entries(offsets));
  const before = new Set(changed.members.map(({ id }) => id));
  const joining = [...wanted]
    .filter(([id]) => !before.has(id))
    .map(([id, offset]) => ({ id, offset }));
  changed.change(joining, new Set([...before].filter((id) => !wanted.has(id))));
}

describe("SpreadGroup", () => {
  it("makes each member due once a round, at its offset's share of the window", () => {
    become(group, { c: 0.75, a: 0, b: 0.5 });
    group.open(startMs, 60_000);
    clock.advance(29_999);
    expect(due).toEqual(["a@0"]);
    clock.advance(100_000);
    expect(due).toEqual(["a@0", "b@30000", "c@45000"]);
    group.open(startMs + 130_000, 60_000);
    clock.advance(60_000);
    expect(due.slice(3)).toEqual(["a@130000", "b@160000", "c@175000"]);
  });

  it("keeps the members' times when others come and go in an open round", () => {
    become(group, { a: 0.1, b: 0.5, c: 0.9 });
    group.open(startMs, 60_000);
    clock.advance(20_000);
    become(group, { d: 0.4, b: 0.5, e: 0.2, c: 0.9 });
    clock.advance(20_000);
    become(group, { f: 0.7, c: 0.9 });
    clock.advance(20_000);
    expect(due).toEqual(["a@6000", "d@24000", "b@30000", "f@42000", "c@54000"]);
  });

  it("takes a new member into a round whose old ones have all run", () => {
    become(group, { a: 0.1 });
    group.open(startMs, 60_000);
    clock.advance(20_000);
    become(group, { a: 0.1, b: 0.6 });
    clock.advance(20_000);
    expect(due).toEqual(["a@6000", "b@36000"]);
  });

  it("loses nobody who is due at the moment of a change", () => {
    become(group, { a: 0.1, b: 0.2 });
    group.open(startMs, 60_000);
    clock.stall(30_000);
    become(group, { a: 0.1, b: 0.2, c: 0.3 });
    clock.advance(0);
    expect(due).toEqual(["a@6000", "b@12000"]);
  });

  it("tells all that were due in a stall when it is over, with the time they were due at", () => {
    become(group, { a: 0.1, b: 0.2, c: 0.9 });
    group.open(startMs, 60_000);
    clock.stall(40_000);
    clock.advance(20_000);
    expect(due).toEqual(["a@6000", "b@12000", "c@54000"]);
  });

  it("walks along a round that began before it was opened", () => {
    clock.advance(30_000);
    become(group, { a: 0.1, b: 0.9 });
    group.open(startMs, 60_000);
    clock.advance(30_000);
    expect(due).toEqual(["a@6000", "b@54000"]);
  });

  it("has one timer a round, and none when its rounds are over or closed", () => {
    become(group, { a: 0.1, b: 0.2, c: 0.3 });
    group.open(startMs, 1_000);
    expect(clock.timers).toBe(1);
    clock.advance(1_000);
    expect(clock.timers).toBe(0);
    group.open(clock.monotonicMs(), 1_000);
    group.close();
    expect(clock.timers).toBe(0);
    clock.advance(5_000);
    expect(due).toHaveLength(3);
  });

  it("makes every member due exactly once a round, whatever happens to the others", () => {
    const offsets = fc.float({ min: 0, max: Math.fround(0.99), noNaN: true });
    const others = fc.array(fc.tuple(offsets, fc.integer({ min: 0, max: 59 })), { maxLength: 20 });
    fc.assert(
      fc.property(offsets, others, (offset, changes) => {
        const own = new ManualClock();
        const times: number[] = [];
        const spread = new SpreadGroup(own, own, (id, dueMs) => {
          if (id === "it") times.push(dueMs);
        });
        const beginMs = own.monotonicMs();
        become(spread, { it: offset });
        spread.open(beginMs, 60_000);
        for (let second = 0; second < 60; second++) {
          const there = changes.filter(([, at]) => at <= second);
          const present = Object.fromEntries(there.map(([place], index) => [`o${index}`, place]));
          become(spread, { ...present, it: offset });
          own.advance(1_000);
        }
        expect(times).toEqual([beginMs + offset * 60_000]);
      }),
      { numRuns: 50 },
    );
  });
});
