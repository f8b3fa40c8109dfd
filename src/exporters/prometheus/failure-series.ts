import type { Failure } from "../../errors.ts";
import type { Path } from "../../events.ts";
import { rowLabels } from "./label-text.ts";
import { NO_ROW, type PagedMetric } from "./paged-metric.ts";
import type { ProbeFamilies } from "./probe-families.ts";

/** One way to fail: its count, and its rows in the two metrics. */
interface Kind {
  readonly phase: Failure["phase"];
  readonly reason: Failure["reason"];
  count: number;
  total: number;
  current: number;
}

/** How a path has failed: a counter for each way that has occurred, a gauge for the present one. */
export class FailureSeries {
  readonly #path: Path;
  readonly #families: ProbeFamilies;
  readonly #kinds: Kind[] = [];
  #shown: Kind | null = null;

  constructor(path: Path, families: ProbeFamilies) {
    this.#path = path;
    this.#families = families;
  }

  count(failure: Failure): void {
    const kind = this.#kindOf(failure);
    kind.count++;
    kind.total = this.#put(this.#families.failures, kind.total, kind, kind.count);
  }

  /** Shows how the last probe failed; null: it did not. */
  show(failure: Failure | null): void {
    const kind = failure === null ? null : this.#kindOf(failure);
    if (this.#shown !== null && this.#shown !== kind) {
      this.#families.failure.remove(this.#shown.current);
      this.#shown.current = NO_ROW;
    }
    if (kind !== null) kind.current = this.#put(this.#families.failure, kind.current, kind, 1);
    this.#shown = kind;
  }

  remove(): void {
    this.show(null);
    for (const kind of this.#kinds) this.#families.failures.remove(kind.total);
  }

  #put(metric: PagedMetric, row: number, { phase, reason }: Kind, value: number): number {
    const kept =
      row === NO_ROW
        ? metric.add(rowLabels(this.#path, ["phase", "reason"], [phase, reason]))
        : row;
    metric.set(kept, 0, value);
    return kept;
  }

  #kindOf({ phase, reason }: Failure): Kind {
    const known = this.#kinds.find((kind) => kind.phase === phase && kind.reason === reason);
    if (known !== undefined) return known;
    const kind = { phase, reason, count: 0, total: NO_ROW, current: NO_ROW };
    this.#kinds.push(kind);
    return kind;
  }
}
