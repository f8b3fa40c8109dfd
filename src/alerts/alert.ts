/** How urgent an alert is: `critical` wakes people up, `warning` waits for the morning. */
type Severity = "critical" | "warning" | "info";

/**
 * One way in which an alert fires. The cases of an alert exclude each other, so that nobody is told
 * of one fault twice.
 */
export interface AlertCase {
  readonly severity: Severity;
  /** What is wrong: short, and the same for every alert of that case. */
  readonly summary: string;
  /** What is at fault and how, as a Prometheus template over the labels and the value. */
  readonly description: string;
  /** PromQL; its result has exactly the alert's labels, whichever agents and scrapers there are. */
  readonly expression: string;
  /** How long the expression has to hold before the alert fires. */
  readonly forSeconds: number;
}

/** What the runbook page says beside what follows from the declaration; Markdown. */
interface Runbook {
  readonly meaning: string;
  readonly impact: string;
  readonly diagnosis: string;
  /** Whether the tables of phases and reasons belong on the page. */
  readonly explainsReasons: boolean;
}

/** An alert: rule, push, runbook page and test all come from its declaration. */
export interface Alert {
  readonly name: `Mta${string}`;
  /** The labels that say what is at fault. With name and severity they are its identity. */
  readonly labels: readonly string[];
  readonly cases: readonly [AlertCase, ...AlertCase[]];
  readonly runbook: Runbook;
}

/** Where runbook pages are found unless told otherwise: in the project's own folder. */
export const RUNBOOK_BASE_URL = "docs/runbooks";

/** The address of an alert's runbook page. */
export function runbookUrl(alert: Alert, baseUrl: string): string {
  return `${baseUrl.replace(/\/+$/, "")}/${alert.name}.md`;
}
