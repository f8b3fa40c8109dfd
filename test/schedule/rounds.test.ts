import { beforeEach, describe, expect, it } from "vitest";
import { cronRounds, everyRounds, type Round } from "../../src/schedule/rounds.ts";
import { FakeCron } from "../support/fake-cron.ts";
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

describe("cronRounds", () => {
  let cron: FakeCron;
  const schedule = { expression: "0 * * * * *", timezone: "Europe/Berlin" };

  beforeEach(() => {
    cron = new FakeCron();
  });

  const begin = (): (() => void) =>
    cronRounds({ clock, timers: clock, onRound }, cron.start, schedule);

  it("lasts from the time of the expression to the next one, however late the task runs", () => {
    begin();
    clock.advance(45_000);
    cron.tasks[0]?.run({ lateMs: 40_000, untilNextMs: 20_000, missed: 2 });
    expect(rounds).toEqual([{ startMs: 5_000, lengthMs: 60_000, missed: 2 }]);
    expect(cron.tasks).toMatchObject([schedule]);
  });

  it("starts a task anew that does not run when it should: the host's clock was set back", () => {
    begin();
    clock.advance(60_000);
    cron.tasks[0]?.run({ untilNextMs: 60_000 });
    clock.advance(61_999);
    expect(cron.tasks).toHaveLength(1);
    clock.advance(1);
    expect(cron.tasks.map(({ stopped }) => stopped)).toEqual([true, false]);
    cron.tasks[1]?.run();
    expect(rounds).toHaveLength(2);
    clock.advance(62_000);
    expect(cron.running).toHaveLength(1);
    expect(cron.tasks).toHaveLength(3);
  });

  it("gives a task time to run after a stall", () => {
    begin();
    clock.stall(90_000);
    clock.advance(1_999);
    cron.tasks[0]?.run({ lateMs: 31_999, untilNextMs: 28_001 });
    clock.advance(20_000);
    expect(cron.tasks).toHaveLength(1);
    expect(rounds).toEqual([{ startMs: 60_000, lengthMs: 60_000, missed: 0 }]);
  });

  it("waits for ever for a task without a next run", () => {
    begin();
    cron.tasks[0]?.run({ untilNextMs: Number.POSITIVE_INFINITY });
    clock.advance(86_400_000);
    expect(cron.tasks).toHaveLength(1);
  });

  it("ends with its task", () => {
    begin()();
    expect(cron.running).toEqual([]);
    expect(clock.timers).toBe(0);
  });
});
