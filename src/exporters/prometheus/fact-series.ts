import type { Fact, Path } from "../../events.ts";
import { rowLabels } from "./label-text.ts";
import { NO_ROW } from "./paged-metric.ts";
import type { FactFamily, ProbeFamilies } from "./probe-families.ts";

interface Shown {
  readonly name: string;
  readonly labels: readonly string[];
  readonly family: FactFamily;
  row: number;
  /** The update that reported it last. */
  update: number;
}

/** A path's facts: one series for each that its last conclusive probe reported. */
export class FactSeries {
  readonly #path: Path;
  readonly #families: ProbeFamilies["facts"];
  #shown: Shown[] = [];
  #updates = 0;

  constructor(path: Path, families: ProbeFamilies["facts"]) {
    this.#path = path;
    this.#families = families;
  }

  /** Shows these facts and no others. */
  update(facts: readonly Fact[]): void {
    const update = ++this.#updates;
    for (const fact of facts) {
      const shown = this.#shown.find((candidate) => isSame(candidate, fact)) ?? this.#add(fact);
      const { metric, labels } = shown.family;
      if (shown.row === NO_ROW) shown.row = metric.add(rowLabels(this.#path, labels, fact.labels));
      metric.set(shown.row, 0, fact.value);
      shown.update = update;
    }
    const stale = this.#shown.filter((shown) => shown.update !== update);
    if (stale.length === 0) return;
    for (const { family, row } of stale) family.metric.remove(row);
    this.#shown = this.#shown.filter((shown) => shown.update === update);
  }

  #add({ metric: name, labels }: Fact): Shown {
    const family = this.#families.get(name);
    if (family === undefined) throw new Error(`no probe type declares the metric ${name}`);
    const shown = { name, labels, family, row: NO_ROW, update: 0 };
    this.#shown.push(shown);
    return shown;
  }
}

function isSame(shown: Shown, fact: Fact): boolean {
  return (
    shown.name === fact.metric && shown.labels.every((label, index) => label === fact.labels[index])
  );
}
