import type { ProbeResult } from "../events.ts";
import { pathLabels } from "../path-labels.ts";
import type { PathDetail, PathView, ResultSummary } from "./readers.ts";

/** A path as the API shows it; `labels` are those of its series. */
export function pathJson(view: PathView): object {
  const { path } = view;
  return {
    id: path.id,
    labels: pathLabels(path),
    interval_seconds: path.intervalSeconds,
    state: view.state,
    since: view.sinceMs === null ? null : timestamp(view.sinceMs),
    last_result: view.lastResult === null ? null : summaryJson(view.lastResult),
  };
}

/** The same with everything that is kept of its results, newest first. */
export function pathDetailJson(detail: PathDetail): object {
  return { ...pathJson(detail), history: detail.history.map(resultJson) };
}

function summaryJson(result: ResultSummary): object {
  return {
    outcome: result.outcome,
    started_at: timestamp(result.startedAtMs),
    duration_seconds: result.durationSeconds,
    failure: result.failure,
  };
}

function resultJson(result: ProbeResult): object {
  return {
    ...summaryJson(result),
    phases: result.phases.map(({ phase, durationSeconds }) => ({
      phase,
      duration_seconds: durationSeconds,
    })),
    warnings: result.warnings,
    facts: result.facts,
    info: result.info,
    transcript: result.transcript.map(({ atSeconds, from, summary }) => ({
      at_seconds: atSeconds,
      from,
      summary,
    })),
    local_address: result.localAddress,
  };
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
