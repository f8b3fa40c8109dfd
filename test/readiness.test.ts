import { beforeEach, describe, expect, it } from "vitest";
import { EventBus, type Path } from "../src/events.ts";
import { Readiness } from "../src/readiness.ts";
import { inconclusive, somePath, success } from "./support/results.ts";

let bus: EventBus;
let readiness: Readiness;

beforeEach(() => {
  bus = new EventBus((_event, error) => {
    throw error;
  });
  readiness = new Readiness(bus);
});

const a = somePath({ id: "a" });
const b = somePath({ id: "b" });

function begin(...paths: readonly Path[]): void {
  readiness.begin(new Map(paths.map((path) => [path.id, path])));
}

describe("Readiness", () => {
  it("is not there before the paths are known", () => {
    expect(readiness.ready).toBe(false);
    bus.emit("probe.finished", { path: a, result: success() });
    expect(readiness.ready).toBe(false);
  });

  it("is there at once when there is nothing to probe", () => {
    begin();
    expect(readiness.ready).toBe(true);
  });

  it("comes when every path has run, however it went", () => {
    begin(a, b);
    bus.emit("probe.finished", { path: a, result: success() });
    bus.emit("probe.finished", { path: a, result: success() });
    expect(readiness.ready).toBe(false);
    bus.emit("probe.finished", { path: b, result: inconclusive() });
    expect(readiness.ready).toBe(true);
  });

  it("waits for no path that is gone or could not run", () => {
    begin(a, b);
    bus.emit("path.removed", { path: a });
    bus.emit("probe.missed", { path: b, runs: 1 });
    expect(readiness.ready).toBe(true);
  });

  it("stays when paths are added later", () => {
    begin(a);
    bus.emit("probe.finished", { path: a, result: success() });
    bus.emit("path.added", { path: b });
    begin(a, b);
    expect(readiness.ready).toBe(true);
  });
});
