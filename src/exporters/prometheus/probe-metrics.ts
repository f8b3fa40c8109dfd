import type { EventBus, Path } from "../../events.ts";
import { PagedHistogram } from "./paged-histogram.ts";
import type { PagedRegistry } from "./paged-registry.ts";
import { PathSeries } from "./path-series.ts";
import {
  createProbeFamilies,
  DURATION_DECIMALS,
  type FactMetric,
  type ProbeFamilies,
} from "./probe-families.ts";
import { readCounter, readGauge } from "./read-metrics.ts";
import { SeriesBudget } from "./series-budget.ts";

const DURATION_HISTOGRAM = "mta_probe_duration_seconds";

/** What a reload can change. */
export interface ProbeMetricsSettings {
  /** Upper bounds of `mta_probe_duration_seconds`, rising; none turns the histogram off. */
  readonly durationBuckets: readonly number[];
  /** Series of all paths together at most. */
  readonly seriesLimit: number;
}

export interface ProbeMetricsOptions extends ProbeMetricsSettings {
  readonly registry: PagedRegistry;
  readonly bus: EventBus;
  /** What the probe types declare; several may declare the same metric alike. */
  readonly facts: readonly FactMetric[];
}

/** Follows the events and keeps the series of every path. */
export class ProbeMetrics {
  readonly #registry: PagedRegistry;
  readonly #budget: SeriesBudget;
  readonly #families: ProbeFamilies;
  readonly #paths = new Map<string, PathSeries>();
  #buckets: readonly number[] = [];
  #durations: PagedHistogram | null = null;

  constructor(options: ProbeMetricsOptions) {
    const { registry, bus, facts, seriesLimit } = options;
    this.#registry = registry;
    this.#budget = new SeriesBudget(seriesLimit);
    this.#families = createProbeFamilies(registry, this.#budget, facts);
    this.configure(options);
    this.#registerOwn();
    bus.on("path.added", ({ path }) => {
      this.#add(path);
    });
    bus.on("path.removed", ({ path }) => {
      this.#paths.get(path.id)?.remove();
      this.#paths.delete(path.id);
    });
    bus.on("probe.finished", ({ path, result }) => {
      this.#paths.get(path.id)?.update(result, this.#durations);
    });
  }

  /** Takes over new settings; with other buckets the histogram begins anew. */
  configure({ durationBuckets, seriesLimit }: ProbeMetricsSettings): void {
    this.#budget.limit(seriesLimit);
    if (durationBuckets.join() === this.#buckets.join()) return;
    for (const path of this.#paths.values()) path.removeHistogram();
    this.#registry.removeSingleMetric(DURATION_HISTOGRAM);
    this.#buckets = durationBuckets;
    this.#durations = durationBuckets.length === 0 ? null : this.#newHistogram(durationBuckets);
  }

  #newHistogram(buckets: readonly number[]): PagedHistogram {
    return new PagedHistogram({
      registry: this.#registry,
      budget: this.#budget,
      name: DURATION_HISTOGRAM,
      help: "How long probes took that had a conclusive result.",
      buckets,
      decimals: DURATION_DECIMALS,
    });
  }

  #add(path: Path): void {
    const known = this.#paths.get(path.id);
    if (known === undefined) this.#paths.set(path.id, new PathSeries(path, this.#families));
    else known.reschedule(path);
  }

  #registerOwn(): void {
    const registry = this.#registry;
    readGauge({
      registry,
      name: "mta_exporter_paths",
      help: "Paths that are probed.",
      read: () => this.#paths.size,
    });
    readGauge({
      registry,
      name: "mta_exporter_series",
      help: "Series of all paths together.",
      read: () => this.#budget.held,
    });
    readCounter({
      registry,
      name: "mta_exporter_series_dropped_total",
      help: "Series that a result asked for and the limit did not allow.",
      read: () => this.#budget.dropped,
    });
  }
}
