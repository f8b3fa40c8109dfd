import { beforeEach, describe, expect, it } from "vitest";
import { CronRounds } from "../../src/schedule/cron-rounds.ts";
import type { Round } from "../../src/schedule/rounds.ts";
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

describe("CronRounds", () => {
  let cron: FakeCron;
  const schedule = { expression: "0 * * * * *", timezone: "Europe/Berlin" };

  beforeEach(() => {
    cron = new FakeCron();
  });

  const begin = (): CronRounds =>
    new CronRounds({ clock, timers: clock, onRound }, cron.start, schedule);

  it("lasts from the time of the expression to the next one, however late the task runs", () => {
    begin();
    clock.stall(165_000);
    cron.tasks[0]?.run({ lateMs: 40_000, untilNextMs: 20_000, missed: 2 });
    expect(rounds).toEqual([{ startMs: 125_000, lengthMs: 60_000, missed: 2 }]);
    expect(cron.tasks).toMatchObject([schedule]);
  });

  it("misses no runs for which there was no time: the host's clock was set forward", () => {
    begin();
    clock.advance(60_000);
    cron.tasks[0]?.run({ missed: 1_440 });
    expect(rounds).toMatchObject([{ missed: 1 }]);
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
    begin().stop();
    expect(cron.running).toEqual([]);
    expect(clock.timers).toBe(0);
  });
});
