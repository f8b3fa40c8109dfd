import { escaped, escapedLine, labelText, sampleName } from "./label-text.ts";
import { valueText } from "./number-text.ts";

/** What every metric says of itself. */
export interface MetricHead {
  readonly name: string;
  readonly help: string;
  readonly type: string;
}

/** A metric of prom-client with the values it has now. */
export interface CollectedMetric extends MetricHead {
  readonly aggregator: string;
  readonly values: readonly {
    readonly metricName?: string;
    readonly labels: Readonly<Record<string, string | number>>;
    readonly value: number;
  }[];
}

/** The HELP and TYPE lines; in OpenMetrics a counter is called without `_total`. */
export function headText(metric: MetricHead, openMetrics: boolean): string {
  const name = openMetrics ? familyName(metric) : metric.name;
  const help = openMetrics ? escaped(metric.help) : escapedLine(metric.help);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${metric.type}\n`;
}

/**
 * A metric of prom-client in either format. prom-client's own rendering is not used: its OpenMetrics
 * renames the counters for good, and it spells NaN in a way that Prometheus does not.
 */
export function metricText(metric: CollectedMetric, openMetrics: boolean): string {
  if (metric.values.length === 0) return "";
  const isCounter = openMetrics && metric.type === "counter";
  const ownName = isCounter ? `${familyName(metric)}_total` : metric.name;
  const lines = metric.values.map(({ metricName = ownName, labels, value }) => {
    const text = labelText(Object.keys(labels), Object.values(labels).map(String));
    return `${sampleName(metricName, text)} ${valueText(value)}\n`;
  });
  return headText(metric, openMetrics) + lines.join("");
}

function familyName({ name, type }: MetricHead): string {
  return type === "counter" ? name.replace(/_total$/u, "") : name;
}
