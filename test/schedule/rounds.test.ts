import { beforeEach, describe, expect, it } from "vitest";
import { everyRounds, type Round } from "../../src/schedule/rounds.ts";
import { ManualClock } from "../support/manual-clock.ts";

let clock: ManualClock;
let startMs: number;
let rounds: Round[];

beforeEach(() => {
  clock = new ManualClock();
  startMs = clock.monotonicMs();
  rounds = [];
});

const onRound = (round: Round): void => {
  rounds.push({ ...round, startMs: round.startMs - startMs });
};

function beginEvery(everyMs: number): () => void {
  return everyRounds({ clock, timers: clock, onRound }, everyMs, startMs + everyMs);
}

describe("everyRounds", () => {
  it("does not drift, however late its timers are", () => {
    beginEvery(10_000);
    for (let turn = 0; turn < 100; turn++) {
      clock.stall(10_007);
      clock.advance(0);
    }
    expect(rounds.map(({ startMs: atMs }) => atMs)).toEqual(
      Array.from({ length: 100 }, (_, index) => (index + 1) * 10_000),
    );
    expect(rounds.every(({ missed }) => missed === 0)).toBe(true);
  });

  it("leaves out what a stall made it miss, says how much, and keeps its times", () => {
    beginEvery(10_000);
    clock.advance(10_000);
    clock.stall(64_000);
    clock.advance(6_000);
    expect(rounds).toEqual([
      { startMs: 10_000, lengthMs: 10_000, missed: 0 },
      { startMs: 70_000, lengthMs: 10_000, missed: 5 },
      { startMs: 80_000, lengthMs: 10_000, missed: 0 },
    ]);
  });

  it("ends", () => {
    const stop = beginEvery(10_000);
    clock.advance(10_000);
    stop();
    clock.advance(60_000);
    expect(rounds).toHaveLength(1);
    expect(clock.timers).toBe(0);
  });
});
