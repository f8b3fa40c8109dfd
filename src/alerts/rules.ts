import { stringify } from "yaml";
import { RUNBOOK_BASE_URL, runbookUrl, type Alert, type AlertCase } from "./alert.ts";
import { ALERTS, RECORDINGS } from "./catalogue.ts";
import { pathFaulty } from "./path-faulty.ts";

/** What can be chosen about the rules. */
export interface RuleOptions {
  /** How long a path may fail before MtaPathFaulty fires. */
  readonly forSeconds?: number | undefined;
  /** Where the runbook pages are found. */
  readonly runbookBaseUrl?: string | undefined;
}

const HEADER = "# Prometheus rules for mta-exporter, as `mta-exporter rules` prints them.\n";

/** The rule file for Prometheus: recording and alerting rules, YAML. */
export function renderRules(options: RuleOptions = {}): string {
  const groups = [
    {
      name: "mta-exporter.rules",
      rules: RECORDINGS.map(({ record, expression }) => ({ record, expr: expression })),
    },
    {
      name: "mta-exporter.alerts",
      rules: ALERTS.flatMap((alert) =>
        alert.cases.map((alertCase) => alertingRule(alert, alertCase, options)),
      ),
    },
  ];
  return HEADER + stringify({ groups }, { lineWidth: 0 });
}

function alertingRule(alert: Alert, alertCase: AlertCase, options: RuleOptions): object {
  const { severity, summary, description, expression } = alertCase;
  const forSeconds =
    alert === pathFaulty ? (options.forSeconds ?? alertCase.forSeconds) : alertCase.forSeconds;
  return {
    alert: alert.name,
    expr: expression,
    for: prometheusDuration(forSeconds),
    labels: { severity },
    annotations: {
      summary,
      description,
      runbook_url: runbookUrl(alert, options.runbookBaseUrl ?? RUNBOOK_BASE_URL),
    },
  };
}

function prometheusDuration(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
