import type { Registry } from "prom-client";
import { NO_ROW, PagedMetric } from "./paged-metric.ts";
import type { Line } from "./row-shape.ts";
import { valueText } from "./number-text.ts";
import type { SeriesBudget } from "./series-budget.ts";

export interface PagedHistogramOptions {
  readonly registry: Registry;
  readonly name: string;
  readonly help: string;
  /** Upper bounds in rising order, without the infinite one. */
  readonly buckets: readonly number[];
  /** Decimals of the sum. */
  readonly decimals: number;
  readonly budget?: SeriesBudget;
}

/** A histogram of very many label sets, as text in pages. */
export class PagedHistogram {
  readonly bounds: readonly number[];
  readonly metric: PagedMetric;

  constructor(options: PagedHistogramOptions) {
    const { buckets, decimals, ...rest } = options;
    this.bounds = [...buckets, Infinity];
    const lines: readonly Line[] = [
      ...this.bounds.map((bound) => ({ suffix: "_bucket", labels: `le="${valueText(bound)}"` })),
      { suffix: "_sum", decimals },
      { suffix: "_count" },
    ];
    this.metric = new PagedMetric({ ...rest, type: "histogram", lines });
  }

  /** The histogram of one label set, or null when the budget has no room for it. */
  add(labels: string): HistogramRow | null {
    const row = this.metric.add(labels);
    return row === NO_ROW ? null : new HistogramRow(this, row);
  }
}

/** The observations of one label set. */
export class HistogramRow {
  readonly histogram: PagedHistogram;
  readonly #row: number;
  /** By bucket: observations at or below its bound. */
  readonly #counts: number[];
  #sum = 0;

  constructor(histogram: PagedHistogram, row: number) {
    this.histogram = histogram;
    this.#row = row;
    this.#counts = histogram.bounds.map(() => 0);
  }

  observe(value: number): void {
    const { bounds, metric } = this.histogram;
    let line = 0;
    while (line < bounds.length - 1 && !(value <= (bounds[line] ?? Infinity))) line++;
    for (; line < bounds.length; line++) {
      const count = (this.#counts[line] ?? 0) + 1;
      this.#counts[line] = count;
      metric.set(this.#row, line, count);
    }
    this.#sum += value;
    metric.set(this.#row, line, this.#sum);
    metric.set(this.#row, line + 1, this.#counts[line - 1] ?? 0);
  }

  remove(): void {
    this.histogram.metric.remove(this.#row);
  }
}
