import type { Metric, Registry } from "prom-client";
import type { CollectedMetric } from "./metric-text.ts";
import { Page, PAGE_LINES, PAGE_OCTETS } from "./page.ts";
import { type Line, RowShape, type RowText } from "./row-shape.ts";
import { parseSample } from "./sample-text.ts";
import type { SeriesBudget } from "./series-budget.ts";

/** A row that was not created: setting and removing it does nothing. */
export const NO_ROW = -1;

export interface PagedMetricOptions {
  readonly registry: Registry;
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** The lines of a row; one without anything special by default. */
  readonly lines?: readonly Line[];
  /** Shared with other metrics; without one there is no limit. */
  readonly budget?: SeriesBudget;
}

/**
 * A metric of very many series, registered with prom-client: its text is kept rendered in pages, an
 * update overwrites a number and a scrape only sends. Rows are known by number, not by labels:
 * whoever adds a row keeps its number, and adds the same labels once.
 */
export class PagedMetric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** prom-client's word for how values of several processes are put together. */
  readonly aggregator = "sum";
  readonly #shape: RowShape;
  readonly #budget: SeriesBudget | null;
  readonly #pages: Page[] = [];
  /** Pages that may have room for a row. */
  readonly #roomy = new Set<number>();
  /** Such pages that are being read: a row added behind the reader's back could be read twice. */
  readonly #roomyOnceRead = new Set<number>();
  #readers = 0;
  #rows = 0;

  constructor(options: PagedMetricOptions) {
    const { registry, name, help, type, lines = [{}], budget = null } = options;
    this.name = name;
    this.help = help;
    this.type = type;
    this.#shape = new RowShape(name, lines);
    this.#budget = budget;
    registry.registerMetric(this as unknown as Metric);
  }

  /** Rows that exist. */
  get rows(): number {
    return this.#rows;
  }

  /**
   * Adds a row with these labels, its values 0, and returns its number, or `NO_ROW` when the budget
   * has no room for it.
   */
  add(labels: string): number {
    if (this.#budget?.take(this.#shape.decimals.length) === false) return NO_ROW;
    const row = this.#shape.row(labels);
    const index = this.#pageFor(row);
    this.#rows++;
    return index * PAGE_LINES + (this.#pages[index]?.add(row) ?? 0);
  }

  /** Overwrites the value of one line of a row. */
  set(row: number, line: number, value: number): void {
    if (row === NO_ROW) return;
    this.#pages[Math.floor(row / PAGE_LINES)]?.set(row % PAGE_LINES, line, value);
  }

  /** Removes a row; its number may be given to another one. */
  remove(row: number): void {
    if (row === NO_ROW) return;
    const index = Math.floor(row / PAGE_LINES);
    this.#pages[index]?.remove(row % PAGE_LINES);
    (this.#readers === 0 ? this.#roomy : this.#roomyOnceRead).add(index);
    this.#rows--;
    this.#budget?.give(this.#shape.decimals.length);
  }

  /**
   * The pages that exist now, one after the other: a row that is there all the time is in exactly
   * one of them, rows added meanwhile are in none.
   */
  *read(): Generator<Page> {
    this.#readers++;
    for (const index of this.#roomy) this.#roomyOnceRead.add(index);
    this.#roomy.clear();
    try {
      yield* this.#pages.slice();
    } finally {
      this.#readers--;
      if (this.#readers === 0) {
        for (const index of this.#roomyOnceRead) this.#roomy.add(index);
        this.#roomyOnceRead.clear();
      }
    }
  }

  /** The text of all rows; for few of them. */
  text(): string {
    return this.#pages.map((page) => page.toString()).join("");
  }

  /** The metric as prom-client's own ones describe themselves. */
  get(): Promise<CollectedMetric> {
    const { name, help, type, aggregator } = this;
    const lines = this.text()
      .split("\n")
      .filter((line) => line !== "");
    return Promise.resolve({ name, help, type, aggregator, values: lines.map(parseSample) });
  }

  /** prom-client calls it; values belong to whoever added the rows, and stay. */
  reset(): void {}

  #pageFor(row: RowText): number {
    for (const index of this.#roomy) {
      if (this.#pages[index]?.fits(row) === true) return index;
      this.#roomy.delete(index);
    }
    this.#pages.push(new Page(Math.max(PAGE_OCTETS, row.widestOctets), this.#shape.decimals));
    this.#roomy.add(this.#pages.length - 1);
    return this.#pages.length - 1;
  }
}
