import { PHASES } from "../../errors.ts";
import type { Path, PhaseTiming } from "../../events.ts";
import { rowLabels } from "./label-text.ts";
import { NO_ROW, type PagedMetric } from "./paged-metric.ts";

/** Seconds by phase of the result at hand; shared, because results come one at a time. */
const seconds = new Float64Array(PHASES.length);
const NOT_REACHED = -1;

/** A path's phases: one series for each that its last probe reached. */
export class PhaseSeries {
  readonly #path: Path;
  readonly #metric: PagedMetric;
  readonly #rows: number[] = PHASES.map(() => NO_ROW);

  constructor(path: Path, metric: PagedMetric) {
    this.#path = path;
    this.#metric = metric;
  }

  /** Shows these phases and no others; one that was entered twice shows its sum. */
  update(timings: readonly PhaseTiming[]): void {
    seconds.fill(NOT_REACHED);
    for (const { phase, durationSeconds } of timings) {
      const index = PHASES.indexOf(phase);
      seconds[index] = Math.max(0, seconds[index] ?? 0) + durationSeconds;
    }
    for (let index = 0; index < PHASES.length; index++) this.#show(index);
  }

  #show(index: number): void {
    const duration = seconds[index] ?? NOT_REACHED;
    let row = this.#rows[index] ?? NO_ROW;
    if (duration !== NOT_REACHED) {
      if (row === NO_ROW)
        row = this.#metric.add(rowLabels(this.#path, ["phase"], [PHASES[index] ?? ""]));
      this.#metric.set(row, 0, duration);
    } else if (row !== NO_ROW) {
      this.#metric.remove(row);
      row = NO_ROW;
    }
    this.#rows[index] = row;
  }
}
