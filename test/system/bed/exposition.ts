/** One line of the Prometheus text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const sampleLine = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$/u;
const labelPair = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)",?/gu;
const escapes: Readonly<Record<string, string>> = { "\\n": "\n", "\\\\": "\\", '\\"': '"' };

function parseValue(text: string): number {
  if (text === "+Inf") return Infinity;
  if (text === "-Inf") return -Infinity;
  if (text !== "NaN" && Number.isNaN(Number(text))) throw new Error(`no number: ${text}`);
  return Number(text);
}

function parseLabels(text: string): Record<string, string> {
  const pairs = [...text.matchAll(labelPair)];
  const read = pairs.map(([all]) => all).join("");
  if (read !== text) throw new Error(`no labels: ${text}`);
  return Object.fromEntries(
    pairs.map(([, name = "", value = ""]) => [
      name,
      value.replaceAll(/\\[n"\\]/gu, (escape) => escapes[escape] ?? escape),
    ]),
  );
}

function parseLine(line: string): Sample {
  const [, name = "", labels = "", value = ""] = sampleLine.exec(line) ?? [];
  if (name === "") throw new Error(`no sample: ${line}`);
  return { name, labels: parseLabels(labels), value: parseValue(value) };
}

/** The samples of one scrape; a line that the text format does not know is an error. */
export class Exposition {
  readonly samples: readonly Sample[];

  constructor(text: string) {
    this.samples = text
      .split("\n")
      .filter((line) => line.trim() !== "" && !line.startsWith("#"))
      .map(parseLine);
  }

  /** The samples of a metric that have these labels, and maybe others. */
  find(name: string, labels: Readonly<Record<string, string>> = {}): readonly Sample[] {
    const wanted = Object.entries(labels);
    return this.samples.filter(
      (sample) =>
        sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value),
    );
  }

  /** The value of the one sample that has these labels; undefined without one. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const found = this.find(name, labels);
    if (found.length > 1) throw new Error(`${found.length} samples of ${name} fit`);
    return found[0]?.value;
  }

  /** The sum over the samples that have these labels. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number {
    return this.find(name, labels).reduce((total, { value }) => total + value, 0);
  }
}
