import { describe, expect, it } from "vitest";
import { EventBus } from "../../../src/events.ts";
import { AgentMetrics } from "../../../src/exporters/prometheus/agent-metrics.ts";
import { Exposition } from "../../../src/exporters/prometheus/exposition.ts";
import { PagedRegistry } from "../../../src/exporters/prometheus/paged-registry.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { parseOpenMetrics } from "../../support/openmetrics.ts";
import { somePath, success } from "../../support/results.ts";
import { scraped } from "../../support/scraped.ts";

function setUp() {
  const registry = new PagedRegistry();
  const metrics: { agent?: AgentMetrics } = {};
  const bus = new EventBus((event) => metrics.agent?.listenerFailed(event));
  const clock = new ManualClock();
  const agent = new AgentMetrics({ registry, bus, clock, version: "1.2.3", revision: "abc" });
  metrics.agent = agent;
  return {
    bus,
    clock,
    exposition: new Exposition(registry),
    /** The agent's own samples by name and labels. */
    samples: async (): Promise<Record<string, number>> => {
      const lines = (await registry.metrics()).split("\n");
      const own = lines.filter((line) => line.startsWith("mta_exporter_"));
      const pairs = own.map((line) => line.split(/ (?=\S+$)/));
      return Object.fromEntries(pairs.map(([name = "", value]) => [name, Number(value)]));
    },
  };
}

describe("AgentMetrics", () => {
  it("says what is running", async () => {
    const build = `version="1.2.3",revision="abc",nodeversion="${process.version}"`;
    expect(await setUp().samples()).toMatchObject({ [`mta_exporter_build_info{${build}}`]: 1 });
  });

  it("follows reloads: a rejected file leaves the time of the last good one", async () => {
    const { bus, clock, samples } = setUp();
    const atStart = clock.wallMs() / 1000;
    const reload = async (): Promise<unknown> => {
      const shown = await samples();
      return [
        shown["mta_exporter_config_last_reload_successful"],
        shown["mta_exporter_config_last_reload_success_timestamp_seconds"],
      ];
    };
    expect(await reload()).toEqual([1, atStart]);
    bus.emit("config.rejected", { errors: ["x"] });
    expect(await reload()).toEqual([0, atStart]);
    bus.emit("config.reloaded", { atMs: 1_767_225_660_500, paths: 3 });
    expect(await reload()).toEqual([1, 1_767_225_660.5]);
  });

  it("counts runs that begin, end, are abandoned or missed, and how late they began", async () => {
    const { bus, samples } = setUp();
    const path = somePath();
    for (const latenessSeconds of [0, 0.004, 60]) {
      bus.emit("probe.started", { path, latenessSeconds });
    }
    bus.emit("probe.missed", { path, runs: 4 });
    expect(await samples()).toMatchObject({
      mta_exporter_probes_in_flight: 3,
      mta_exporter_probes_missed_total: 4,
      'mta_exporter_probe_start_lateness_seconds_bucket{le="0.001"}': 1,
      'mta_exporter_probe_start_lateness_seconds_bucket{le="0.005"}': 2,
      'mta_exporter_probe_start_lateness_seconds_bucket{le="5"}': 2,
      'mta_exporter_probe_start_lateness_seconds_bucket{le="+Inf"}': 3,
      mta_exporter_probe_start_lateness_seconds_sum: 60.004,
      mta_exporter_probe_start_lateness_seconds_count: 3,
    });
    bus.emit("probe.finished", { path, result: success() });
    bus.emit("probe.abandoned", { path });
    expect(await samples()).toMatchObject({ mta_exporter_probes_in_flight: 1 });
  });

  it("counts lookups of names by what came of them, and addresses left out", async () => {
    const { bus, samples } = setUp();
    const answer = { peer: "p", host: "mx.example.org", addresses: [], omitted: 0 };
    bus.emit("peer.resolved", { ...answer, omitted: 990, error: null });
    bus.emit("peer.resolved", { ...answer, omitted: 10, error: null });
    bus.emit("peer.resolved", { ...answer, error: "name_not_found" });
    expect(await samples()).toMatchObject({
      'mta_exporter_name_lookups_total{result="success"}': 2,
      'mta_exporter_name_lookups_total{result="failure"}': 1,
      'mta_exporter_name_lookups_total{result="inconclusive"}': 0,
      mta_exporter_addresses_omitted_total: 1000,
    });
    bus.emit("peer.resolved", { ...answer, error: "resolver_failed" });
    expect(await samples()).toMatchObject({
      'mta_exporter_name_lookups_total{result="inconclusive"}': 1,
    });
  });

  it("counts listeners that throw, by event", async () => {
    const { bus, samples } = setUp();
    bus.on("agent.stopping", () => {
      throw new Error("broken");
    });
    bus.emit("agent.stopping", { signal: "SIGTERM" });
    expect(await samples()).toMatchObject({
      'mta_exporter_listener_errors_total{event="agent.stopping"}': 1,
    });
  });

  it("has the usual metrics of a Node.js process under their usual names, in lawful text", async () => {
    const { exposition } = setUp();
    const families = parseOpenMetrics(await scraped(exposition, "application/openmetrics-text"));
    const names = families.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        "process_cpu_seconds",
        "process_resident_memory_bytes",
        "process_start_time_seconds",
        "nodejs_eventloop_lag_p99_seconds",
        "nodejs_heap_size_used_bytes",
      ]),
    );
    expect(families.filter(({ name }) => name.endsWith("_total"))).toEqual([]);
  });
});
