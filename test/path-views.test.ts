import { beforeEach, describe, expect, it } from "vitest";
import { PathStates } from "../src/diagnosis/path-states.ts";
import { EventBus, type ProbeResult } from "../src/events.ts";
import { History } from "../src/exporters/history.ts";
import { PathInventory } from "../src/inventory/paths.ts";
import type { ProbePath } from "../src/inventory/probe-path.ts";
import { PathViews } from "../src/path-views.ts";
import { probeTypes } from "../src/probe-types.ts";
import { configOf, testEnvironment } from "./config/test-environment.ts";
import { ManualClock } from "./support/manual-clock.ts";
import { failed, inconclusive, someFailure, success } from "./support/results.ts";

const config = configOf(
  `
ip_resources: [{ name: vip-a, address: 192.0.2.10, inbound: [tcp, smtp] }]
`,
  { ...testEnvironment, probeTypes },
);

let bus: EventBus;
let states: PathStates;
let paths: ReadonlyMap<string, ProbePath>;
let views: PathViews;

beforeEach(() => {
  bus = new EventBus((_event, error) => {
    throw error;
  });
  states = new PathStates(new ManualClock());
  paths = new PathInventory(config, () => 60_000).paths(new Map());
  views = new PathViews(bus, () => paths, states, new History(bus));
});

function somebody(): ProbePath {
  const [path] = paths.values();
  if (path === undefined) throw new Error("there is no path");
  return path;
}

function finish(result: ProbeResult): void {
  const path = somebody();
  states.record(path, result);
  bus.emit("probe.finished", { path, result });
}

describe("PathViews", () => {
  it("list every path in the configuration's order, unknown before its first result", () => {
    expect(views.list()).toEqual(
      [...paths.values()].map((path) => ({
        path,
        state: "unknown",
        sinceMs: null,
        lastResult: null,
      })),
    );
    expect(views.list().map(({ path }) => path.module)).toEqual(["tcp", "smtp"]);
  });

  it("show the newest result without what the peer said, also one that decides nothing", () => {
    const failure = someFailure();
    finish(failed(failure));
    finish(inconclusive());
    expect(views.list()[0]).toMatchObject({ state: "down", sinceMs: Date.UTC(2026, 0, 1) });
    expect(views.list()[0]?.lastResult).toEqual({
      outcome: "inconclusive",
      startedAtMs: Date.UTC(2026, 0, 1),
      durationSeconds: 0.012,
      failure: someFailure({ phase: "source", reason: "too_many_files" }),
    });
  });

  it("find a path with its history, newest first, and none that is gone", () => {
    finish(failed());
    finish(success());
    const { id } = somebody();
    expect(views.find(id)?.history.map(({ outcome }) => outcome)).toEqual(["success", "failure"]);
    paths = new Map();
    expect(views.find(id)).toBeUndefined();
    expect(views.list()).toEqual([]);
  });

  it("begin anew with a path that comes back", () => {
    finish(success());
    bus.emit("path.removed", { path: somebody() });
    states.forget(somebody().id);
    expect(views.find(somebody().id)).toMatchObject({
      state: "unknown",
      lastResult: null,
      history: [],
    });
  });
});
