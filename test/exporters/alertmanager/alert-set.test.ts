import { describe, expect, it } from "vitest";
import {
  AlertSet,
  type AlertText,
  type Moment,
  type Notice,
} from "../../../src/exporters/alertmanager/alert-set.ts";

const MINUTE = 60_000;
const WALL = Date.UTC(2026, 0, 1);

const at = (monotonicMs: number): Moment => ({ monotonicMs, wallMs: WALL + monotonicMs });
const text =
  (summary = "down"): (() => AlertText) =>
  () => ({ labels: { alertname: "A" }, annotations: { summary }, generatorUrl: "" });
const seen = (notices: readonly Notice[]) =>
  notices.map(({ key, startsAtMs, resolvedAtMs }) => [
    key,
    startsAtMs - WALL,
    resolvedAtMs === null ? null : resolvedAtMs - WALL,
  ]);
const summaries = (notices: readonly Notice[]) =>
  notices.map(({ text: { annotations } }) => annotations["summary"]);

function newSet(): AlertSet {
  return new AlertSet({ resendMs: MINUTE, resolvedMs: 15 * MINUTE });
}

describe("AlertSet", () => {
  it("fires when the cause has lasted long enough, and not before", () => {
    const set = newSet();
    set.raise("a", text(), MINUTE, at(0));
    expect(set.due(at(MINUTE - 1))).toEqual([]);
    expect(seen(set.due(at(MINUTE)))).toEqual([["a", MINUTE, null]]);
  });

  it("says nothing of a cause that ended before", () => {
    const set = newSet();
    set.raise("a", text(), MINUTE, at(0));
    expect(set.resolve("a", at(MINUTE - 1))).toBe(false);
    expect(set.due(at(10 * MINUTE))).toEqual([]);
    expect(set.size).toBe(0);
  });

  it("sends a firing alert again once a minute, always with the same start", () => {
    const set = newSet();
    set.raise("a", text(), 0, at(0));
    const times = Array.from({ length: 31 }, (_, index) => index * 10_000);
    const sent = times.flatMap((time) => seen(set.due(at(time))).map(() => time));
    expect(sent).toEqual([0, 1, 2, 3, 4, 5].map((minute) => minute * MINUTE));
    expect(seen(set.due(at(6 * MINUTE)))).toEqual([["a", 0, null]]);
  });

  it("sends a resolved alert at once and again for fifteen minutes, then forgets it", () => {
    const set = newSet();
    set.raise("a", text(), 0, at(0));
    set.due(at(0));
    expect(set.resolve("a", at(5000))).toBe(true);
    expect(seen(set.due(at(5000)))).toEqual([["a", 0, 5000]]);
    for (let minute = 1; minute <= 15; minute += 1) {
      expect(seen(set.due(at(5000 + minute * MINUTE)))).toEqual([["a", 0, 5000]]);
    }
    expect(set.due(at(5000 + 16 * MINUTE))).toEqual([]);
    expect(set.size).toBe(0);
  });

  it("goes on telling of the end while the cause is back but does not fire yet", () => {
    const set = newSet();
    set.raise("a", text(), 0, at(0));
    set.due(at(0));
    set.resolve("a", at(1000));
    set.due(at(1000));
    set.raise("a", text(), 2 * MINUTE, at(2000));
    expect(seen(set.due(at(1000 + MINUTE)))).toEqual([["a", 0, 1000]]);
    expect(seen(set.due(at(2000 + 2 * MINUTE)))).toEqual([["a", 2000 + 2 * MINUTE, null]]);
  });

  it("fires at most once however fast a cause comes and goes", () => {
    const set = newSet();
    let sent = 0;
    for (let second = 0; second < 600; second += 1) {
      const now = at(second * 1000);
      if (second % 2 === 0) set.raise("a", text(), MINUTE, now);
      else set.resolve("a", now);
      sent += set.due(now).length;
    }
    expect(sent).toBe(0);
  });

  it("keeps the first start of a cause that is raised twice", () => {
    const set = newSet();
    set.raise("a", text(), MINUTE, at(0));
    set.raise("a", text(), MINUTE, at(30_000));
    expect(seen(set.due(at(MINUTE)))).toEqual([["a", MINUTE, null]]);
  });

  it("tells what is known of the cause by then, and nothing new once it ended", () => {
    const set = newSet();
    set.raise("a", text("first"), 0, at(0));
    set.retext("a", text("second"));
    set.retext("b", text("nobody asked"));
    expect(summaries(set.due(at(0)))).toEqual(["second"]);
    set.resolve("a", at(1));
    set.retext("a", text("too late"));
    expect(summaries(set.due(at(1)))).toEqual(["second"]);
  });

  it("is moved by the monotonic clock alone", () => {
    const set = newSet();
    set.raise("a", text(), MINUTE, { monotonicMs: 0, wallMs: WALL });
    expect(set.due({ monotonicMs: 1000, wallMs: WALL + 3_600_000 })).toEqual([]);
    expect(seen(set.due({ monotonicMs: MINUTE, wallMs: WALL - 3_600_000 }))).toEqual([
      ["a", -3_600_000, null],
    ]);
  });

  it("lists what fires or was resolved lately, for an Alertmanager that is new", () => {
    const set = newSet();
    set.raise("pending", text(), MINUTE, at(0));
    set.raise("firing", text(), 0, at(0));
    set.raise("resolved", text(), 0, at(0));
    set.due(at(0));
    set.resolve("resolved", at(1000));
    expect(seen(set.all())).toEqual([
      ["firing", 0, null],
      ["resolved", 0, 1000],
    ]);
    expect(seen(set.due(at(1000)))).toEqual([["resolved", 0, 1000]]);
  });
});
