import { expect, test } from "vitest";
import { EventBus } from "../../../src/events.ts";
import { Exposition } from "../../../src/exporters/prometheus/exposition.ts";
import { NotificationMetrics } from "../../../src/exporters/prometheus/notification-metrics.ts";
import { PagedMetric } from "../../../src/exporters/prometheus/paged-metric.ts";
import { PagedRegistry } from "../../../src/exporters/prometheus/paged-registry.ts";
import { readCounter, readGauge } from "../../../src/exporters/prometheus/read-metrics.ts";
import { parseOpenMetrics } from "../../support/openmetrics.ts";
import { scraped } from "../../support/scraped.ts";

/** A registry with metrics of prom-client's own, some of which have no series, and a paged one. */
function registryOfBoth(alertmanagers: readonly string[] = []): PagedRegistry {
  const registry = new PagedRegistry();
  const bus = new EventBus((_event, error) => {
    throw error;
  });
  readCounter({ registry, name: "c_total", help: 'A "c\\".', read: () => 2 });
  readGauge({ registry, name: "g", help: "Two\nlines.", read: () => Number.NaN });
  new NotificationMetrics(registry, bus).configure(alertmanagers);
  const options = { registry, name: "p_total", help: "In pages.", type: "counter" } as const;
  const paged = new PagedMetric(options);
  paged.set(paged.add('l="x\\n\\\\"'), 0, Infinity);
  return registry;
}

const bothAsText = [
  '# HELP c_total A "c\\\\".',
  "# TYPE c_total counter",
  "c_total 2",
  "# HELP g Two\\nlines.",
  "# TYPE g gauge",
  "g NaN",
  "# HELP p_total In pages.",
  "# TYPE p_total counter",
  'p_total{l="x\\n\\\\"} +Inf',
  "",
].join("\n");

test("metrics() gives prom-client's own metrics and the paged ones, those with series", async () => {
  expect(await registryOfBoth().metrics()).toBe(bothAsText);
});

test("labels of prom-client's own metrics are escaped", async () => {
  const registry = registryOfBoth(['a"\\\n']);
  expect(await registry.getSingleMetricAsString("mta_exporter_notifications_total")).toContain(
    '\nmta_exporter_notifications_total{alertmanager="a\\"\\\\\\n"} 0\n',
  );
  parseOpenMetrics(await scraped(new Exposition(registry), "application/openmetrics-text"));
});

test("a scrape in OpenMetrics leaves the names of the text format as they were", async () => {
  const registry = registryOfBoth();
  const exposition = new Exposition(registry);
  expect(await scraped(exposition)).toBe(bothAsText);
  const openMetrics = await scraped(exposition, "application/openmetrics-text");
  expect(parseOpenMetrics(openMetrics).map(({ name, type }) => `${type} ${name}`)).toEqual([
    "counter c",
    "gauge g",
    "counter p",
  ]);
  expect(openMetrics).toContain('# HELP c A \\"c\\\\\\".\n# TYPE c counter\nc_total 2\n');
  expect(openMetrics).toContain('\np_total{l="x\\n\\\\"} +Inf\n# EOF\n');
  expect(await scraped(exposition)).toBe(bothAsText);
  expect(await registry.metrics()).toBe(bothAsText);
});

test("a paged metric describes itself as prom-client's own ones do", async () => {
  const metrics = await registryOfBoth().getMetricsAsJSON();
  expect(metrics.at(-1)).toEqual({
    name: "p_total",
    help: "In pages.",
    type: "counter",
    aggregator: "sum",
    values: [{ metricName: "p_total", labels: { l: "x\n\\" }, value: Infinity }],
  });
});

test("a name is taken once, by whichever kind of metric", async () => {
  const registry = registryOfBoth();
  const options = { registry, name: "g", help: "Again.", type: "gauge" } as const;
  expect(() => new PagedMetric(options)).toThrow("already been registered");
  await expect(registry.getSingleMetricAsString("none")).rejects.toThrow(
    "no metric is called none",
  );
  expect(await registry.getSingleMetricAsString("g")).toContain("g NaN\n");
});
