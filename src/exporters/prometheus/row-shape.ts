import { sampleName } from "./label-text.ts";
import { NUMBER_OCTETS } from "./number-text.ts";

/** One line of every row of a metric. */
export interface Line {
  /** What the sample's name has after the metric's own, for example `_bucket`. */
  readonly suffix?: string;
  /** Labels of this line beside the row's, as ASCII text. */
  readonly labels?: string;
  /** Decimals of its value; null, the default, writes it exactly. */
  readonly decimals?: number | null;
}

/** The text of a new row and where its values stand. */
export interface RowText {
  readonly text: string;
  readonly octets: number;
  /** Octets that it can grow to, whatever its values become. */
  readonly widestOctets: number;
  /** For each line where its value ends, from the start of the row, and how wide it is. */
  readonly values: readonly number[];
}

/** How the rows of a metric look. */
export class RowShape {
  /** Decimals of the value of each line. */
  readonly decimals: readonly (number | null)[];
  readonly #lines: readonly {
    readonly name: string;
    readonly labels: string;
    readonly zero: string;
  }[];

  constructor(metricName: string, lines: readonly Line[]) {
    this.decimals = lines.map(({ decimals = null }) => decimals);
    this.#lines = lines.map(({ suffix = "", labels = "", decimals }) => ({
      name: metricName + suffix,
      labels,
      zero: (0).toFixed(decimals ?? 0),
    }));
  }

  /** A row with these labels whose values are 0. */
  row(labels: string): RowText {
    const octetsBeyondLength = Buffer.byteLength(labels) - labels.length;
    const values: number[] = [];
    let text = "";
    let octets = 0;
    let slack = 0;
    for (const { name, labels: own, zero } of this.#lines) {
      const line = `${sampleName(name, labels, own)} ${zero}`;
      octets += line.length + octetsBeyondLength;
      values.push(octets, zero.length);
      octets += 1;
      slack += NUMBER_OCTETS - zero.length;
      text += `${line}\n`;
    }
    return { text, octets, widestOctets: octets + slack, values };
  }
}
