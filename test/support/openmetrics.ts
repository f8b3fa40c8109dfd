/** One sample of an OpenMetrics text. */
export interface OpenMetricsSample {
  readonly name: string;
  /** Its labels as written, the one of a bucket's bound left out. */
  readonly labels: string;
  readonly bound: string | null;
  readonly value: string;
}

interface Family {
  readonly name: string;
  readonly type: string;
  readonly samples: OpenMetricsSample[];
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"`;
const VALUE = String.raw`[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|Inf|NaN)`;
const helpLine = new RegExp(String.raw`^# HELP (${NAME}) (?:[^"\\\n]|\\["\\n])*$`);
const typeLine = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary)$`);
const sampleLine = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (${VALUE})$`);
const boundLabel = /,?\ble="([^"]*)"/;

const suffixes: Readonly<Record<string, readonly string[]>> = {
  counter: ["_total"],
  gauge: [""],
  histogram: ["_bucket", "_sum", "_count"],
  summary: ["", "_sum", "_count"],
};

/**
 * Reads an OpenMetrics 1.0.0 text and throws at the first thing that the standard does not allow,
 * of the part of it that this exporter uses.
 */
export function parseOpenMetrics(text: string): readonly Family[] {
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.pop() !== "# EOF") throw new Error("it does not end with # EOF");
  const families = new Map<string, Family>();
  let help = "";
  let current: Family | null = null;
  for (const line of lines) {
    const [, helped] = helpLine.exec(line) ?? [];
    const [, typed, type = ""] = typeLine.exec(line) ?? [];
    if (helped !== undefined) help = helped;
    else if (typed !== undefined) {
      if (typed !== help || families.has(typed)) throw new Error(`out of order: ${line}`);
      current = { name: typed, type, samples: [] };
      families.set(typed, current);
    } else addSample(current, line);
  }
  for (const family of families.values()) check(family);
  return [...families.values()];
}

function addSample(family: Family | null, line: string): void {
  const [, name, labels = "", value = ""] = sampleLine.exec(line) ?? [];
  if (family === null || name === undefined) throw new Error(`no sample: ${line}`);
  const allowed = suffixes[family.type] ?? [];
  if (!allowed.some((suffix) => name === family.name + suffix)) {
    throw new Error(`${name} does not belong to ${family.type} ${family.name}`);
  }
  const bound = family.type === "histogram" ? (boundLabel.exec(labels)?.[1] ?? null) : null;
  const rest = bound === null ? labels : labels.replace(boundLabel, "");
  family.samples.push({ name, labels: rest, bound, value });
}

function check({ name, type, samples }: Family): void {
  const series = samples.map((sample) => `${sample.name}{${sample.labels},le=${sample.bound}}`);
  const twice = series.find((each, index) => series.indexOf(each) !== index);
  if (twice !== undefined) throw new Error(`${twice} occurs twice`);
  for (const { value } of samples) {
    if (type !== "gauge" && Number(value) < 0) throw new Error(`${name} is below 0`);
  }
  if (type === "histogram") checkHistogram(name, samples);
}

/** The lines of one histogram stand together: rising buckets up to +Inf, sum, count. */
function checkHistogram(name: string, samples: readonly OpenMetricsSample[]): void {
  let lastBound = -Infinity;
  let lastCount = 0;
  for (const [index, sample] of samples.entries()) {
    const { labels, bound, value } = sample;
    if (index > 0 && lastBound !== -Infinity && labels !== samples[index - 1]?.labels) {
      throw new Error(`${name} is not in one piece`);
    }
    if (bound !== null) {
      const number = bound === "+Inf" ? Infinity : Number(bound);
      if (!(number > lastBound) || Number(value) < lastCount) throw new Error(`${name}: ${bound}`);
      lastBound = number;
      lastCount = Number(value);
    } else if (lastBound !== Infinity) throw new Error(`${name} has no bucket +Inf`);
    else if (sample.name.endsWith("_count")) {
      if (Number(value) !== lastCount) throw new Error(`${name} counts ${value}, not ${lastCount}`);
      lastBound = -Infinity;
      lastCount = 0;
    }
  }
}
