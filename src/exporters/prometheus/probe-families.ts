import type { ProbeResult } from "../../events.ts";
import { labelText } from "./label-text.ts";
import { PagedMetric } from "./paged-metric.ts";
import type { PagedRegistry } from "./paged-registry.ts";
import type { Line } from "./row-shape.ts";
import type { SeriesBudget } from "./series-budget.ts";

/** A metric that probes fill with facts, as their type declares it. */
export interface FactMetric {
  readonly metric: string;
  readonly help: string;
  /** Labels beside the path's own. */
  readonly labels?: readonly string[];
}

/** A fact's metric with the names of its own labels. */
export interface FactFamily {
  readonly metric: PagedMetric;
  readonly labels: readonly string[];
}

/** Every outcome of a probe, in the order of the lines of `mta_probes_total`. */
export const OUTCOMES: readonly ProbeResult["outcome"][] = ["success", "failure", "inconclusive"];

/** Decimals of a duration: what is finer than nanoseconds is noise. */
export const DURATION_DECIMALS = 9;

const TIMESTAMP_DECIMALS = 3;

/** The metrics that have series for each path. */
export type ProbeFamilies = ReturnType<typeof createProbeFamilies>;

/** Registers them; their series together stay within the budget. */
export function createProbeFamilies(
  registry: PagedRegistry,
  budget: SeriesBudget,
  facts: readonly FactMetric[],
) {
  function gauge(name: string, help: string, line: Line = {}): PagedMetric {
    return new PagedMetric({ registry, budget, name, help, type: "gauge", lines: [line] });
  }
  function counter(name: string, help: string, lines: readonly Line[] = [{}]): PagedMetric {
    return new PagedMetric({ registry, budget, name, help, type: "counter", lines });
  }
  return {
    success: gauge("mta_probe_success", "Whether the last probe succeeded."),
    lastDuration: gauge("mta_probe_last_duration_seconds", "How long the last probe took.", {
      decimals: DURATION_DECIMALS,
    }),
    phaseDuration: gauge(
      "mta_probe_phase_duration_seconds",
      "How long each phase of the last probe took.",
      { decimals: DURATION_DECIMALS },
    ),
    probes: counter(
      "mta_probes_total",
      "Probes by result; an inconclusive one failed for a reason of the agent's own.",
      OUTCOMES.map((outcome) => ({ labels: labelText(["result"], [outcome]) })),
    ),
    failures: counter(
      "mta_probe_failures_total",
      "Failures and warnings of probes, by phase and reason.",
    ),
    failure: gauge(
      "mta_probe_failure",
      "1 while the last probe failed in this phase for this reason.",
    ),
    lastRun: gauge(
      "mta_probe_last_run_timestamp_seconds",
      "When the last probe started that had a conclusive result.",
      { decimals: TIMESTAMP_DECIMALS },
    ),
    lastSuccess: gauge(
      "mta_probe_last_success_timestamp_seconds",
      "When the last probe started that succeeded.",
      { decimals: TIMESTAMP_DECIMALS },
    ),
    interval: gauge("mta_probe_interval_seconds", "Time between two probes, as scheduled."),
    facts: factFamilies(facts, gauge),
  };
}

/** One family for each metric; probe types that declare the same one share it. */
function factFamilies(
  facts: readonly FactMetric[],
  gauge: (name: string, help: string) => PagedMetric,
): ReadonlyMap<string, FactFamily> {
  const families = new Map<string, FactFamily>();
  for (const { metric: name, help, labels = [] } of facts) {
    const known = families.get(name);
    if (known === undefined) families.set(name, { metric: gauge(name, help), labels });
    else if (known.labels.join() !== labels.join()) {
      throw new Error(`two probe types declare ${name} with different labels`);
    }
  }
  return families;
}
