import { collectDefaultMetrics, Counter, Gauge } from "prom-client";
import type { Clock } from "../../clock.ts";
import { REASONS } from "../../errors.ts";
import type { EventBus, EventName, ProbeResult } from "../../events.ts";
import { PagedHistogram } from "./paged-histogram.ts";
import type { PagedRegistry } from "./paged-registry.ts";
import { DURATION_DECIMALS, OUTCOMES } from "./probe-families.ts";
import { readCounter, readGauge } from "./read-metrics.ts";

const LATENESS_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/**
 * How often the event loop's delay is sampled; the quantiles of `nodejs_eventloop_lag_*` include this
 * interval. prom-client's own 10 ms would cost as much as dozens of probes a second.
 */
const LOOP_SAMPLING_MS = 50;

/** prom-client's gauges with the ending of a counter; promtool objects to them. */
const MISNAMED = [
  "nodejs_active_handles_total",
  "nodejs_active_requests_total",
  "nodejs_active_resources_total",
];

export interface AgentMetricsOptions {
  readonly registry: PagedRegistry;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly version: string;
  /** The commit that it was built from; empty when it is not known. */
  readonly revision: string;
}

/** The agent about itself: everything that is no result of a probe. */
export class AgentMetrics {
  readonly #listenerErrors: Counter<"event">;

  constructor(options: AgentMetricsOptions) {
    const { registry, bus } = options;
    collectDefaultMetrics({
      register: registry,
      eventLoopMonitoringPrecision: LOOP_SAMPLING_MS,
    });
    for (const name of MISNAMED) registry.removeSingleMetric(name);
    buildInfo(options);
    followReloads(options);
    followRuns(registry, bus);
    followLookups(registry, bus);
    this.#listenerErrors = new Counter({
      registers: [registry],
      name: "mta_exporter_listener_errors_total",
      help: "Events that a part of the agent failed to take in.",
      labelNames: ["event"],
    });
  }

  /** Counts a listener of the bus that threw. */
  listenerFailed(event: EventName): void {
    this.#listenerErrors.inc({ event });
  }
}

function buildInfo({ registry, version, revision }: AgentMetricsOptions): void {
  const info = new Gauge({
    registers: [registry],
    name: "mta_exporter_build_info",
    help: "Always 1; the labels say what is running.",
    labelNames: ["version", "revision", "nodeversion"],
  });
  info.set({ version, revision, nodeversion: process.version }, 1);
}

/** The configuration that the agent was started with counts as loaded successfully. */
function followReloads({ registry, bus, clock }: AgentMetricsOptions): void {
  const registers = [registry];
  const successful = new Gauge({
    registers,
    name: "mta_exporter_config_last_reload_successful",
    help: "Whether the configuration file was valid when it was last read.",
  });
  const successAt = new Gauge({
    registers,
    name: "mta_exporter_config_last_reload_success_timestamp_seconds",
    help: "When the running configuration was loaded.",
  });
  successful.set(1);
  successAt.set(clock.wallMs() / 1000);
  bus.on("config.reloaded", ({ atMs }) => {
    successful.set(1);
    successAt.set(atMs / 1000);
  });
  bus.on("config.rejected", () => {
    successful.set(0);
  });
}

function followRuns(registry: PagedRegistry, bus: EventBus): void {
  let inFlight = 0;
  let missed = 0;
  readGauge({
    registry,
    name: "mta_exporter_probes_in_flight",
    help: "Probes that are running.",
    read: () => inFlight,
  });
  readCounter({
    registry,
    name: "mta_exporter_probes_missed_total",
    help: "Probes that were due and could not begin in time.",
    read: () => missed,
  });
  const lateness = new PagedHistogram({
    registry,
    name: "mta_exporter_probe_start_lateness_seconds",
    help: "How long after they were due probes began.",
    buckets: LATENESS_BUCKETS,
    decimals: DURATION_DECIMALS,
  }).add("");
  bus.on("probe.started", ({ latenessSeconds }) => {
    inFlight++;
    lateness?.observe(latenessSeconds);
  });
  bus.on("probe.finished", () => {
    inFlight--;
  });
  bus.on("probe.abandoned", () => {
    inFlight--;
  });
  bus.on("probe.missed", ({ runs }) => {
    missed += runs;
  });
}

function followLookups(registry: PagedRegistry, bus: EventBus): void {
  const registers = [registry];
  const lookups = new Counter({
    registers,
    name: "mta_exporter_name_lookups_total",
    help: "Lookups of peers' names by result; an inconclusive one had no answer.",
    labelNames: ["result"],
  });
  for (const result of OUTCOMES) lookups.inc({ result }, 0);
  const omitted = new Counter({
    registers,
    name: "mta_exporter_addresses_omitted_total",
    help: "Addresses in the answers to lookups that were left out, because a peer had too many.",
  });
  bus.on("peer.resolved", (answer) => {
    lookups.inc({ result: lookupOutcome(answer.error) });
    omitted.inc(answer.omitted);
  });
}

function lookupOutcome(error: keyof typeof REASONS | null): ProbeResult["outcome"] {
  if (error === null) return "success";
  return REASONS[error].inconclusive === true ? "inconclusive" : "failure";
}
