import type { Path, ProbeResult } from "../../events.ts";
import { FactSeries } from "./fact-series.ts";
import { FailureSeries } from "./failure-series.ts";
import { rowLabels } from "./label-text.ts";
import type { HistogramRow, PagedHistogram } from "./paged-histogram.ts";
import { NO_ROW, type PagedMetric } from "./paged-metric.ts";
import { PhaseSeries } from "./phase-series.ts";
import { OUTCOMES, type ProbeFamilies } from "./probe-families.ts";

/** Every series of one path; there is none before its first result. */
export class PathSeries {
  readonly #families: ProbeFamilies;
  readonly #phases: PhaseSeries;
  readonly #failures: FailureSeries;
  readonly #facts: FactSeries;
  readonly #counts = OUTCOMES.map(() => 0);
  #path: Path;
  #durations: HistogramRow | null = null;
  #probes = NO_ROW;
  #interval = NO_ROW;
  #success = NO_ROW;
  #lastDuration = NO_ROW;
  #lastRun = NO_ROW;
  #lastSuccess = NO_ROW;

  constructor(path: Path, families: ProbeFamilies) {
    this.#path = path;
    this.#families = families;
    this.#phases = new PhaseSeries(path, families.phaseDuration);
    this.#failures = new FailureSeries(path, families);
    this.#facts = new FactSeries(path, families.facts);
  }

  /** The same path, scheduled otherwise. */
  reschedule(path: Path): void {
    this.#path = path;
    this.#families.interval.set(this.#interval, 0, path.intervalSeconds);
  }

  /** Takes in a result; `durations` is the histogram that counts it too, or null. */
  update(result: ProbeResult, durations: PagedHistogram | null): void {
    this.#count(result);
    if (result.outcome === "inconclusive") return;
    const families = this.#families;
    const startedAtSeconds = result.startedAtMs / 1000;
    const isSuccess = result.outcome === "success";
    this.#success = this.#put(families.success, this.#success, isSuccess ? 1 : 0);
    this.#lastDuration = this.#put(
      families.lastDuration,
      this.#lastDuration,
      result.durationSeconds,
    );
    this.#lastRun = this.#put(families.lastRun, this.#lastRun, startedAtSeconds);
    if (isSuccess) {
      this.#lastSuccess = this.#put(families.lastSuccess, this.#lastSuccess, startedAtSeconds);
    }
    this.#phases.update(result.phases);
    this.#failures.show(result.failure);
    this.#durations ??= durations?.add(rowLabels(this.#path)) ?? null;
    this.#durations?.observe(result.durationSeconds);
    this.#facts.update(result.facts);
  }

  /** Removes every series. */
  remove(): void {
    const families = this.#families;
    families.probes.remove(this.#probes);
    families.interval.remove(this.#interval);
    families.success.remove(this.#success);
    families.lastDuration.remove(this.#lastDuration);
    families.lastRun.remove(this.#lastRun);
    families.lastSuccess.remove(this.#lastSuccess);
    this.#phases.update([]);
    this.#failures.remove();
    this.#facts.update([]);
    this.removeHistogram();
  }

  /** Removes the histogram's series alone; the next result begins a new one. */
  removeHistogram(): void {
    this.#durations?.remove();
    this.#durations = null;
  }

  #count(result: ProbeResult): void {
    const { probes, interval } = this.#families;
    const line = OUTCOMES.indexOf(result.outcome);
    this.#counts[line] = (this.#counts[line] ?? 0) + 1;
    if (this.#probes === NO_ROW) this.#probes = probes.add(rowLabels(this.#path));
    for (const [each, count] of this.#counts.entries()) probes.set(this.#probes, each, count);
    if (this.#interval === NO_ROW) {
      this.#interval = this.#put(interval, NO_ROW, this.#path.intervalSeconds);
    }
    if (result.failure !== null) this.#failures.count(result.failure);
    for (const warning of result.warnings) this.#failures.count(warning);
  }

  #put(metric: PagedMetric, row: number, value: number): number {
    const kept = row === NO_ROW ? metric.add(rowLabels(this.#path)) : row;
    metric.set(kept, 0, value);
    return kept;
  }
}
