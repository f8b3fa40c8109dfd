import { describe, expect, it } from "vitest";
import { PathStates } from "../../src/diagnosis/path-states.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { failed, inconclusive, someFailure, somePath, success } from "../support/results.ts";

const path = somePath();

describe("PathStates", () => {
  it("leaves a path unknown until its first conclusive result", () => {
    const states = new PathStates(new ManualClock());
    expect(states.record(path, inconclusive())).toBeNull();
    expect(states.state(path.id)).toBe("unknown");
    expect(states.sinceMs(path.id)).toBeNull();
  });

  it("takes the first result for a change from unknown, of no known length", () => {
    const clock = new ManualClock();
    const failure = someFailure();
    expect(new PathStates(clock).record(path, failed(failure))).toEqual({
      path,
      from: "unknown",
      to: "down",
      failure,
      previousStateSeconds: null,
      atMs: clock.wallMs(),
    });
    expect(new PathStates(clock).record(path, success())).toMatchObject({
      from: "unknown",
      to: "up",
      failure: null,
    });
  });

  it("reports a change once, however often the result repeats", () => {
    const states = new PathStates(new ManualClock());
    states.record(path, success());
    expect(states.record(path, success())).toBeNull();
    expect(states.record(path, failed())).toMatchObject({ from: "up", to: "down" });
    expect(states.record(path, failed(someFailure({ reason: "timeout" })))).toBeNull();
    expect(states.state(path.id)).toBe("down");
  });

  it("keeps the state through inconclusive results, and their time counts", () => {
    const clock = new ManualClock();
    const states = new PathStates(clock);
    states.record(path, failed());
    clock.advance(10_000);
    expect(states.record(path, inconclusive())).toBeNull();
    expect(states.state(path.id)).toBe("down");
    clock.advance(5000);
    expect(states.record(path, success())?.previousStateSeconds).toBe(15);
  });

  it("measures how long a state lasted on the monotonic clock, whatever the host's clock does", () => {
    const clock = new ManualClock();
    const states = new PathStates(clock);
    states.record(path, success());
    clock.advance(60_000);
    clock.stepWall(-3_600_000);
    const change = states.record(path, failed());
    expect(change?.previousStateSeconds).toBe(60);
    expect(change?.atMs).toBe(clock.wallMs());
    expect(states.sinceMs(path.id)).toBe(clock.wallMs());
  });

  it("keeps paths apart and forgets those that are gone", () => {
    const states = new PathStates(new ManualClock());
    const other = somePath({ id: "path-2", module: "tcp" });
    states.record(path, success());
    states.record(other, failed());
    expect([states.state(path.id), states.state(other.id)]).toEqual(["up", "down"]);
    states.forget(path.id);
    expect(states.state(path.id)).toBe("unknown");
    expect(states.record(path, success())).toMatchObject({ from: "unknown", to: "up" });
    expect(states.record(other, success())).toMatchObject({ from: "down", to: "up" });
  });
});
