import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelText } from "../../../src/exporters/prometheus/label-text.ts";
import { NO_ROW, PagedMetric } from "../../../src/exporters/prometheus/paged-metric.ts";
import { PagedRegistry } from "../../../src/exporters/prometheus/paged-registry.ts";
import type { Line } from "../../../src/exporters/prometheus/row-shape.ts";
import { SeriesBudget } from "../../../src/exporters/prometheus/series-budget.ts";

function gauge(shape?: readonly Line[], budget?: SeriesBudget): PagedMetric {
  return new PagedMetric({
    registry: new PagedRegistry(),
    name: "m",
    help: "Something.",
    type: "gauge",
    ...(shape === undefined ? {} : { lines: shape }),
    ...(budget === undefined ? {} : { budget }),
  });
}

/** What a scrape takes of the metric, page by page. */
function copied(metric: PagedMetric): string {
  return Array.from(metric.read(), (page) => {
    const { octets, end } = page.lend();
    const text = octets.toString();
    end();
    return text;
  }).join("");
}

function lines(text: string): string[] {
  return text.split("\n").slice(0, -1).toSorted();
}

/** Short and long names, with everything that has to be escaped and characters of every width. */
const labelValue = fc.string({
  unit: fc.constantFrom(...'ab\\"\n{},= é€𐍈\ud800'.split("")),
  maxLength: 300,
});
const value = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, 1, 9, 10, Number.NaN));

describe("PagedMetric", () => {
  it("shows what was set last, in rows that come and go, and never changes what it has lent", () => {
    const command = fc.record({
      kind: fc.constantFrom("add", "add", "set", "set", "remove", "lend", "return"),
      which: fc.nat(),
      name: labelValue,
      value,
    });
    fc.assert(
      fc.property(fc.array(command, { maxLength: 400 }), (commands) => {
        const metric = gauge();
        const model = new Map<number, { name: string; value: number }>();
        const loans: { readonly octets: Buffer; readonly text: string; end: () => void }[] = [];
        for (const { kind, which, name, value: set } of commands) {
          const row = [...model.keys()][which % model.size];
          if (kind === "add") {
            const added = metric.add(labelText(["l"], [name]));
            if (model.has(added)) throw new Error("two rows have one number");
            model.set(added, { name, value: 0 });
          } else if (kind === "lend") {
            for (const page of metric.read()) {
              const loan = page.lend();
              loans.push({ ...loan, text: loan.octets.toString() });
            }
          } else if (kind === "return") loans.splice(which % (loans.length + 1), 1)[0]?.end();
          else if (row !== undefined && kind === "set") {
            metric.set(row, 0, set);
            model.set(row, { name: model.get(row)?.name ?? "", value: set });
          } else if (row !== undefined) {
            metric.remove(row);
            model.delete(row);
          }
        }
        const expected = Array.from(model.values(), ({ name, value: set }) => {
          const escaped = name
            .replaceAll("\\", "\\\\")
            .replaceAll('"', '\\"')
            .replaceAll("\n", "\\n")
            .replaceAll(/\p{Surrogate}/gu, "\ufffd");
          const text = Object.is(set, -0) ? "0" : String(set).replace("Infinity", "Inf");
          return `m{l="${escaped}"} ${text === "Inf" ? "+Inf" : text}`;
        });
        expect(lines(copied(metric))).toEqual(expected.toSorted());
        expect(metric.text()).toBe(copied(metric));
        expect(metric.rows).toBe(model.size);
        expect(loans.filter(({ octets, text }) => octets.toString() !== text)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("keeps the lines of a row together, each with its own decimals", () => {
    const metric = gauge([
      { suffix: "_a", labels: 'k="1"' },
      { suffix: "_b", decimals: 3 },
    ]);
    const [first, second] = [metric.add('x="é"'), metric.add("")];
    metric.set(first, 0, 12_345);
    metric.set(second, 1, 0.5);
    metric.set(first, 1, -7);
    metric.set(first, 0, 6);
    expect(copied(metric)).toBe('m_a{x="é",k="1"} 6\nm_b{x="é"} -7.000\nm_a{k="1"} 0\nm_b 0.500\n');
  });

  it("has room for the widest value of every row of a full page", () => {
    const metric = gauge();
    const rows = Array.from({ length: 3000 }, (_, index) => metric.add(`l="${index}"`));
    for (const widest of [-1.2345678901234567e-308, 5, -9_007_199_254_740_991]) {
      for (const row of rows) metric.set(row, 0, widest);
      expect(lines(copied(metric))).toEqual(
        rows.map((_, index) => `m{l="${index}"} ${widest}`).toSorted(),
      );
    }
  });

  it("takes a row that is longer than a page", () => {
    const metric = gauge();
    const long = "x".repeat(200_000);
    metric.set(metric.add(`l="${long}"`), 0, 3);
    metric.set(metric.add('l="short"'), 0, 4);
    expect(lines(copied(metric))).toEqual([`m{l="short"} 4`, `m{l="${long}"} 3`]);
  });

  it("uses the room of removed rows again", () => {
    const metric = gauge();
    const pages = (): number => [...metric.read()].length;
    for (let round = 0; round < 50; round++) {
      const rows = Array.from({ length: 1000 }, (_, index) => metric.add(`l="${index}"`));
      for (const row of rows) metric.set(row, 0, 123_456);
      for (const row of rows.toReversed()) metric.remove(row);
    }
    expect(metric.rows).toBe(0);
    expect(copied(metric)).toBe("");
    expect(pages()).toBe(2);
  });

  it.each([
    ["in the same order", (labels: readonly string[]) => labels],
    ["in reverse", (labels: readonly string[]) => labels.toReversed()],
  ])("shows no label set twice to a reader while all are added anew, %s", (_how, reordered) => {
    const metric = gauge();
    const labels = Array.from({ length: 2000 }, (_, index) => `l="${index}"`);
    const rows = labels.map((label) => metric.add(label));
    const texts: string[] = [];
    for (const page of metric.read()) {
      texts.push(page.lend().octets.toString());
      if (texts.length > 1) continue;
      for (const row of rows) metric.remove(row);
      for (const label of reordered(labels)) metric.add(label);
    }
    const seen = lines(texts.join(""));
    expect(new Set(seen).size).toBe(seen.length);
    expect(lines(copied(metric))).toHaveLength(2000);
  });

  it("makes no row beyond the budget, and gives back what a row took", () => {
    const budget = new SeriesBudget(5);
    const metric = gauge([{ suffix: "_a" }, { suffix: "_b" }], budget);
    const [first, second, third] = ['l="1"', 'l="2"', 'l="3"'].map((label) => metric.add(label));
    expect(third).toBe(NO_ROW);
    metric.set(NO_ROW, 0, 7);
    metric.remove(NO_ROW);
    expect([budget.held, budget.dropped, metric.rows]).toEqual([4, 2, 2]);
    metric.remove(first ?? NO_ROW);
    expect(metric.add('l="3"')).not.toBe(NO_ROW);
    metric.remove(second ?? NO_ROW);
    expect(copied(metric)).toBe('m_a{l="3"} 0\nm_b{l="3"} 0\n');
  });
});
