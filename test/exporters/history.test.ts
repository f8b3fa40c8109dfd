import { describe, expect, it } from "vitest";
import { EventBus, type Path, type ProbeResult } from "../../src/events.ts";
import { History, type HistoryLimits } from "../../src/exporters/history.ts";
import { failed, inconclusive, someFailure, somePath, success } from "../support/results.ts";

function setUp(limits?: HistoryLimits) {
  const bus = new EventBus((_event, error) => {
    throw error;
  });
  const history = new History(bus, limits);
  const record = (result: ProbeResult, path: Path = somePath()): void => {
    bus.emit("probe.finished", { path, result });
  };
  return { bus, history, record };
}

describe("History", () => {
  it("knows nothing of a path without results", () => {
    expect(setUp().history.results("path-1")).toEqual([]);
  });

  it("keeps a success whole once a minute, and of the others times and phases", () => {
    const { history, record } = setUp();
    const first = success({ startedAtMs: 0, localAddress: "192.0.2.11" });
    const second = success({ startedAtMs: 59_999, durationSeconds: 0.25 });
    const third = success({ startedAtMs: 60_000 });
    const bare = { facts: [], info: {}, transcript: [] };
    record(first);
    record(second);
    expect(history.results("path-1")).toEqual([{ ...second, ...bare }, first]);
    record(third);
    expect(history.results("path-1")).toEqual([
      third,
      { ...second, ...bare },
      { ...first, ...bare },
    ]);
  });

  it("keeps the first success after a failure whole, however soon it comes", () => {
    const { history, record } = setUp();
    const back = success({ startedAtMs: 30_000 });
    record(success({ startedAtMs: 0 }));
    record(failed(someFailure(), { startedAtMs: 15_000 }));
    record(back);
    expect(history.results("path-1")[0]).toEqual(back);
  });

  it("keeps the phases of older successes to the microsecond, those passed twice as one", () => {
    const { history, record } = setUp();
    record(
      success({
        durationSeconds: 0.123_456_7,
        phases: [
          { phase: "connect", durationSeconds: 0.000_04 },
          { phase: "ehlo", durationSeconds: 0.001 },
          { phase: "tls", durationSeconds: 0 },
          { phase: "ehlo", durationSeconds: 0.042 },
        ],
      }),
    );
    record(success({ startedAtMs: 0 }));
    expect(history.results("path-1")[1]).toMatchObject({
      durationSeconds: 0.123_457,
      phases: [
        { phase: "connect", durationSeconds: 0.000_04 },
        { phase: "ehlo", durationSeconds: 0.043 },
        { phase: "tls", durationSeconds: 0 },
      ],
    });
  });

  it("keeps ten successes, and twenty failures with their transcripts however long ago", () => {
    const { history, record } = setUp();
    for (let at = 0; at < 30; at += 1) record(failed(someFailure(), { startedAtMs: at }));
    for (let at = 100; at < 200; at += 1) record(success({ startedAtMs: at }));
    const results = history.results("path-1");
    expect(results.map((result) => result.startedAtMs)).toEqual([
      ...Array.from({ length: 10 }, (_, age) => 199 - age),
      100,
      ...Array.from({ length: 20 }, (_, age) => 29 - age),
    ]);
    const withTranscript = results.filter((result) => result.transcript.length > 0);
    expect(withTranscript.map((result) => result.outcome)).toEqual([
      "success",
      ...Array.from({ length: 20 }, () => "failure"),
    ]);
  });

  it("keeps the last success whole beside the failures after it, in the order in which they came", () => {
    const { history, record } = setUp();
    const good = success({ startedAtMs: 5000 });
    const bad = failed(someFailure(), { startedAtMs: 1000 });
    const odd = inconclusive();
    record(good);
    record(bad);
    record(odd);
    expect(history.results("path-1")).toEqual([odd, bad, good]);
  });

  it("keeps a success with a warning whole, as a failure is kept", () => {
    const { history, record } = setUp();
    const warned = success({ warnings: [someFailure({ phase: "release", reason: "aborted" })] });
    record(warned);
    for (let run = 0; run < 50; run += 1) record(success());
    expect(history.results("path-1").at(-1)).toEqual(warned);
  });

  it("keeps fewer failures of each path when there are very many paths", () => {
    const { history, record } = setUp({
      successesPerPath: 2,
      transcriptEveryMs: 0,
      failuresPerPath: 4,
      failuresInAll: 6,
    });
    const ids = ["a", "b", "c", "d", "e", "f", "g"];
    for (let round = 0; round < 5; round += 1) {
      for (const id of ids) record(failed(), somePath({ id }));
    }
    expect(ids.map((id) => history.results(id).length)).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  it("forgets a path that is removed, and only that one", () => {
    const { bus, history, record } = setUp();
    record(success());
    record(success(), somePath({ id: "path-2" }));
    bus.emit("path.removed", { path: somePath() });
    expect(history.results("path-1")).toEqual([]);
    expect(history.results("path-2")).toHaveLength(1);
  });
});
