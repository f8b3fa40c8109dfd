/** One line of an exposition, as prom-client describes a value. */
export interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const pair = /([a-z_]\w*)="((?:[^"\\]|\\.)*)"/giu;
const unescapes: Readonly<Record<string, string>> = { n: "\n" };

/** Reads a line that this exporter wrote. */
export function parseSample(line: string): Sample {
  const space = line.lastIndexOf(" ");
  const [metricName = "", ...rest] = line.slice(0, space).split("{");
  const labels = [...rest.join("{").matchAll(pair)].map(([, name = "", value = ""]) => [
    name,
    value.replaceAll(/\\(.)/gu, (_, character: string) => unescapes[character] ?? character),
  ]);
  const value = Number(line.slice(space + 1).replace("Inf", "Infinity"));
  return { metricName, labels: Object.fromEntries(labels) as Record<string, string>, value };
}
