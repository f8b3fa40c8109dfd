import type { Failure } from "../errors.ts";
import type { Path, PathChange } from "../events.ts";
import { pathLabels } from "../path-labels.ts";
import { RUNBOOK_BASE_URL, runbookUrl } from "./alert.ts";
import { pathFaulty } from "./path-faulty.ts";
import { pathInWords } from "./path-in-words.ts";

/** What can be chosen about the alerts that the agent itself raises. */
export interface PathAlertOptions {
  /** The agent's page of a path. */
  readonly pathUrl: (pathId: string) => string;
  /** Where the runbook pages are found. */
  readonly runbookBaseUrl?: string;
}

/**
 * MtaPathFaulty as the agent raises it: the same labels, times and words as by Prometheus's rule, so
 * that Alertmanager sees one alert whoever raised it. The annotation `detail` comes on top.
 */
export function pathAlert(options: PathAlertOptions) {
  const [alertCase] = pathFaulty.cases;
  const { severity, summary, forSeconds } = alertCase;
  const runbook_url = runbookUrl(pathFaulty, options.runbookBaseUrl ?? RUNBOOK_BASE_URL);
  return {
    /** A path that worked is given its next probe first, as in the rule. */
    firesAfterSeconds: ({ from, path }: PathChange): number =>
      forSeconds + (from === "up" ? path.intervalSeconds : 0),

    text: (path: Path, failure: Failure | null) => ({
      labels: {
        alertname: pathFaulty.name,
        severity,
        // Prometheus knows no empty label: a label without a value is not there.
        ...Object.fromEntries(Object.entries(pathLabels(path)).filter(([, value]) => value !== "")),
      },
      annotations: {
        summary,
        description: `${pathInWords(path)} fails${failure === null ? "" : `: ${failure.reason} in phase ${failure.phase}`}`,
        runbook_url,
        ...(failure === null ? {} : { detail: failure.detail }),
      },
      generatorUrl: options.pathUrl(path.id),
    }),
  };
}
