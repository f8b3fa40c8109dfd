import { pino, type Level } from "pino";
import { describe, expect, it } from "vitest";
import { EventBus, type PathChange } from "../../src/events.ts";
import { logEvents } from "../../src/exporters/log.ts";
import { failed, someFailure, somePath, success } from "../support/results.ts";

type Line = Readonly<Record<string, unknown>>;

function setUp(level: Level = "info") {
  const lines: Line[] = [];
  const bus = new EventBus((_event, error) => {
    throw error;
  });
  const write = (line: string): void => {
    lines.push(JSON.parse(line) as Line);
  };
  const logger = pino(
    { level, base: null, timestamp: false, formatters: { level: (label) => ({ level: label }) } },
    { write },
  );
  return { bus, lines, logger, stop: logEvents(bus, logger) };
}

function change(fields: Partial<PathChange>): PathChange {
  return {
    path: somePath(),
    from: "up",
    to: "down",
    failure: someFailure(),
    previousStateSeconds: 90,
    atMs: 0,
    ...fields,
  };
}

const labels = {
  mta_cluster: "mail1",
  direction: "outbound",
  ip_resource: "vip-a",
  address: "192.0.2.10",
  peer: "partner",
  peer_address: "198.51.100.1",
  module: "smtp",
  prober: "smtp",
};

describe("logEvents", () => {
  it("writes one line when a path goes down, with all that is known of it", () => {
    const { bus, lines } = setUp();
    const failure = someFailure({ phase: "banner", reason: "rejected_transient", code: 421 });
    bus.emit("path.changed", change({ failure, previousStateSeconds: 90.123_456_789 }));
    expect(lines).toEqual([
      {
        level: "warn",
        ...labels,
        phase: "banner",
        reason: "rejected_transient",
        code: 421,
        detail: failure.detail,
        previous_state: "up",
        previous_state_seconds: 90.123,
        msg: "path down",
      },
    ]);
  });

  it("writes one line when a path comes up, without fields that do not apply", () => {
    const { bus, lines } = setUp();
    bus.emit(
      "path.changed",
      change({ from: "unknown", to: "up", failure: null, previousStateSeconds: null }),
    );
    expect(lines).toEqual([
      { level: "info", ...labels, previous_state: "unknown", msg: "path up" },
    ]);
  });

  it("is silent about single probes and paths, except at level debug", () => {
    for (const level of ["info", "debug"] as const) {
      const { bus, lines } = setUp(level);
      bus.emit("path.added", { path: somePath() });
      bus.emit("probe.finished", { path: somePath(), result: success() });
      bus.emit("probe.finished", { path: somePath(), result: failed() });
      bus.emit("path.removed", { path: somePath() });
      expect(lines.map((line) => line["msg"])).toEqual(
        level === "info" ? [] : ["path added", "probe success", "probe failure", "path removed"],
      );
    }
  });

  it("follows a level that is changed while it runs", () => {
    const { bus, lines, logger } = setUp();
    logger.level = "debug";
    bus.emit("probe.finished", { path: somePath(), result: failed() });
    expect(lines).toMatchObject([{ level: "debug", reason: "connection_refused" }]);
  });

  it("writes the errors of a rejected configuration in one line, escaped and bounded", () => {
    const { bus, lines } = setUp();
    const errors = Array.from({ length: 50 }, (_, index) => `f.yml:${index}:1: bad \u001b[2J`);
    bus.emit("config.rejected", { errors });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: "error", errors_total: 50 });
    expect(lines[0]?.["errors"]).toHaveLength(20);
    expect(lines[0]?.["errors"]).toContain(String.raw`f.yml:0:1: bad \x1b[2J`);
  });

  it("writes the agent's own life", () => {
    const { bus, lines } = setUp();
    bus.emit("agent.started", { cluster: "mail1", node: "mail1-a", version: "0.1.0" });
    bus.emit("config.reloaded", { atMs: 0, paths: 12 });
    bus.emit("agent.stopping", { signal: "SIGTERM" });
    expect(lines).toEqual([
      { level: "info", cluster: "mail1", node: "mail1-a", version: "0.1.0", msg: "started" },
      { level: "info", paths: 12, msg: "configuration loaded" },
      { level: "info", signal: "SIGTERM", msg: "stopping" },
    ]);
  });

  it("writes a look-up only when its answer differs from the one before", () => {
    const { bus, lines } = setUp();
    const answer = { peer: "partner", host: "mta.example", omitted: 0, error: null };
    bus.emit("peer.resolved", { ...answer, addresses: ["192.0.2.1", "192.0.2.2"] });
    bus.emit("peer.resolved", { ...answer, addresses: ["192.0.2.2", "192.0.2.1"] });
    bus.emit("peer.resolved", { ...answer, addresses: ["192.0.2.2"] });
    bus.emit("peer.resolved", { ...answer, addresses: [], error: "name_not_found" });
    bus.emit("peer.resolved", { ...answer, addresses: [], error: "name_not_found" });
    expect(lines.map((line) => [line["level"], line["addresses"] ?? line["reason"]])).toEqual([
      ["info", ["192.0.2.1", "192.0.2.2"]],
      ["info", ["192.0.2.2"]],
      ["warn", "name_not_found"],
    ]);
  });

  it("writes that an Alertmanager went away and came back, not every try in between", () => {
    const { bus, lines } = setUp();
    const alertmanager = "http://127.0.0.1:9093";
    const failure = { alertmanager, error: "unreachable", detail: "ECONNREFUSED" } as const;
    bus.emit("notification.sent", { alertmanager, alerts: 1 });
    bus.emit("notification.failed", failure);
    bus.emit("notification.failed", failure);
    bus.emit("notification.failed", { ...failure, error: "server_error", detail: "503" });
    bus.emit("notification.sent", { alertmanager, alerts: 1 });
    bus.emit("notification.sent", { alertmanager, alerts: 1 });
    expect(lines.map(({ level, error, detail }) => [level, error, detail])).toEqual([
      ["warn", "unreachable", "ECONNREFUSED"],
      ["warn", "server_error", "503"],
      ["info", undefined, undefined],
    ]);
  });

  it("stops when told to", () => {
    const { bus, lines, stop } = setUp("debug");
    stop();
    bus.emit("path.changed", change({}));
    bus.emit("probe.finished", { path: somePath(), result: success() });
    expect(lines).toEqual([]);
  });
});
