import type { EventBus } from "../../events.ts";
import { Exposition } from "./exposition.ts";
import { PagedRegistry } from "./paged-registry.ts";
import type { FactMetric } from "./probe-families.ts";
import { ProbeMetrics, type ProbeMetricsSettings } from "./probe-metrics.ts";

export interface PrometheusOptions extends ProbeMetricsSettings {
  readonly bus: EventBus;
  readonly version: string;
  /** What the probe types declare. */
  readonly facts: readonly FactMetric[];
}

/** Everything Prometheus sees: the series of every path, and the agent's own. */
export class PrometheusExporter {
  readonly exposition: Exposition;
  readonly #probes: ProbeMetrics;

  constructor(options: PrometheusOptions) {
    const registry = new PagedRegistry();
    this.#probes = new ProbeMetrics({ ...options, registry });
    this.exposition = new Exposition(registry);
  }

  /** Takes over what a reload changed. */
  configure(settings: ProbeMetricsSettings): void {
    this.#probes.configure(settings);
  }
}
