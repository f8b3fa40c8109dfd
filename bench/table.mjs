// The rows of the benchmark's table.

/**
 * @typedef {object} Row
 * @property {string} row Number of the target.
 * @property {string} what
 * @property {string} agent
 * @property {string} rival
 * @property {number | null} ratio
 * @property {string} target Empty where the row is for comparison only.
 * @property {boolean | null} met Null without a target, or when it could not be measured.
 * @property {string} [note]
 */

/** @type {readonly (keyof Row)[]} */
const COLUMNS = ["row", "what", "agent", "rival", "ratio", "target", "met"];

/** @param {number} number */
export const short = (number) => Number(number.toPrecision(3));

/**
 * A row whose ratio has a limit.
 * @param {Pick<Row, "row" | "what" | "agent" | "rival"> & { ratio: number, atMost?: number, atLeast?: number, note?: string }} row
 * @returns {Row}
 */
export function judged({ ratio, atMost, atLeast, ...row }) {
  if (atMost !== undefined) {
    return { ...row, ratio: short(ratio), target: `<= ${atMost}`, met: ratio <= atMost };
  }
  if (atLeast !== undefined) {
    return { ...row, ratio: short(ratio), target: `>= ${atLeast}`, met: ratio >= atLeast };
  }
  return { ...row, ratio: short(ratio), target: "", met: null };
}

/** A row that could not be measured. @param {string} row @param {string} what @param {string} why @returns {Row} */
export function missing(row, what, why) {
  return { row, what, agent: "", rival: "", ratio: null, target: "", met: null, note: why };
}

/** @param {Row[keyof Row]} value */
function cell(value) {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value ?? "");
}

/** @param {readonly Row[]} rows */
export function tableText(rows) {
  const lines = [[...COLUMNS], ...rows.map((row) => COLUMNS.map((column) => cell(row[column])))];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? "").length)),
  );
  const text = lines.map((line) => line.map((each, i) => each.padEnd(widths[i] ?? 0)).join("  "));
  const notes = rows.flatMap(({ row, note }) => (note === undefined ? [] : [`${row}: ${note}`]));
  return [...text.map((line) => line.trimEnd()), ...notes].join("\n");
}
