import type { Clock } from "../../clock.ts";
import type { EventBus, EventName } from "../../events.ts";
import { AgentMetrics } from "./agent-metrics.ts";
import { Exposition } from "./exposition.ts";
import { NotificationMetrics } from "./notification-metrics.ts";
import { PagedRegistry } from "./paged-registry.ts";
import type { FactMetric } from "./probe-families.ts";
import { ProbeMetrics, type ProbeMetricsSettings } from "./probe-metrics.ts";

/** What a reload can change. */
export interface PrometheusSettings extends ProbeMetricsSettings {
  /** URLs of the Alertmanagers that the agent pushes to. */
  readonly alertmanagers: readonly string[];
}

export interface PrometheusOptions extends PrometheusSettings {
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly version: string;
  /** What the probe types declare. */
  readonly facts: readonly FactMetric[];
}

/** Everything Prometheus sees: the series of every path, and the agent's own. */
export class PrometheusExporter {
  readonly exposition: Exposition;
  readonly #agent: AgentMetrics;
  readonly #notifications: NotificationMetrics;
  readonly #probes: ProbeMetrics;

  constructor(options: PrometheusOptions) {
    const registry = new PagedRegistry();
    this.#agent = new AgentMetrics({ ...options, registry, revision: "" });
    this.#notifications = new NotificationMetrics(registry, options.bus);
    this.#notifications.configure(options.alertmanagers);
    this.#probes = new ProbeMetrics({ ...options, registry });
    this.exposition = new Exposition(registry);
  }

  /** Takes over what a reload changed. */
  configure(settings: PrometheusSettings): void {
    this.#notifications.configure(settings.alertmanagers);
    this.#probes.configure(settings);
  }

  /** Counts a listener of the bus that threw. */
  listenerFailed(event: EventName): void {
    this.#agent.listenerFailed(event);
  }
}
