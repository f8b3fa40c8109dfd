import { Registry } from "prom-client";
import { type CollectedMetric, headText, metricText } from "./metric-text.ts";
import { PagedMetric } from "./paged-metric.ts";

interface Collectable {
  get(): Promise<CollectedMetric>;
}

/** prom-client's registry, which may hold paged metrics beside its own. */
export class PagedRegistry extends Registry {
  /** The paged metrics. */
  paged(): readonly PagedMetric[] {
    return this.#all().filter((metric) => metric instanceof PagedMetric);
  }

  /** The text of prom-client's own metrics; it asks them for their values of this moment. */
  async ownText(openMetrics: boolean): Promise<string> {
    const own = this.#all().filter((metric) => !(metric instanceof PagedMetric));
    const collected = await Promise.all(own.map((metric) => metric.get()));
    return collected.map((metric) => metricText(metric, openMetrics)).join("");
  }

  /** Everything in the text format, in one string: use `Exposition` for more than a few series. */
  override async metrics(): Promise<string> {
    return (await this.ownText(false)) + this.paged().map(pagedText).join("");
  }

  override async getSingleMetricAsString(name: string): Promise<string> {
    const metric = this.#all().find((candidate) => candidate.name === name);
    if (metric === undefined) throw new Error(`no metric is called ${name}`);
    if (metric instanceof PagedMetric) return pagedText(metric);
    return metricText(await metric.get(), false);
  }

  #all(): readonly (PagedMetric | (Collectable & { readonly name: string }))[] {
    return this.getMetricsAsArray() as unknown as (
      | PagedMetric
      | (Collectable & { name: string })
    )[];
  }
}

function pagedText(metric: PagedMetric): string {
  return metric.rows === 0 ? "" : headText(metric, false) + metric.text();
}
