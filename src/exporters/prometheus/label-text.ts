import type { Path } from "../../events.ts";
import { PATH_LABELS, pathLabels } from "../../path-labels.ts";

/** `text` as it stands in a HELP line of the text format. */
export function escapedLine(text: string): string {
  return text.replaceAll("\\", String.raw`\\`).replaceAll("\n", String.raw`\n`);
}

/** `text` as it stands between the quotes of a label, or in a HELP line of OpenMetrics. */
export function escaped(text: string): string {
  return escapedLine(text).replaceAll('"', String.raw`\"`);
}

/** Pairs of label and value as both exposition formats want them, without the braces. */
export function labelText(names: readonly string[], values: readonly string[]): string {
  return names.map((name, index) => `${name}="${escaped(values[index] ?? "")}"`).join(",");
}

// The rows of a path are added one after the other: its own labels are put together once.
let lastPath: Path | null = null;
let lastPathText = "";

/** Labels of a row: the path's, in the order in which they are shown, and then its own. */
export function rowLabels(
  path: Path,
  names: readonly string[] = [],
  values: readonly string[] = [],
): string {
  if (path !== lastPath) {
    const labels = pathLabels(path);
    const pathValues = PATH_LABELS.map((name) => labels[name]);
    lastPathText = labelText(PATH_LABELS, pathValues);
    lastPath = path;
  }
  return names.length === 0 ? lastPathText : `${lastPathText},${labelText(names, values)}`;
}

/** A sample's name with its labels, the row's and those of its line. */
export function sampleName(name: string, labels: string, ownLabels = ""): string {
  if (labels === "" && ownLabels === "") return name;
  const comma = labels === "" || ownLabels === "" ? "" : ",";
  return `${name}{${labels}${comma}${ownLabels}}`;
}
