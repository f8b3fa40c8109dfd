import type { Writable } from "node:stream";
import { renderRules } from "../alerts/rules.ts";
import { parseDuration } from "../config/duration.ts";
import { AgentError } from "../errors.ts";

/** The flags of `rules`, as written. */
export interface RulesOptions {
  /** `--for`: how long a path may go on failing before MtaPathFaulty fires. */
  readonly for?: string | undefined;
  /** `--runbook.base-url`: where the runbook pages are found. */
  readonly runbookBaseUrl?: string | undefined;
}

/** Writes the Prometheus rule file. Usage errors are `AgentError`s. */
export function rules(options: RulesOptions, out: Writable): void {
  const forSeconds = options.for === undefined ? undefined : secondsOf(options.for);
  out.write(renderRules({ forSeconds, runbookBaseUrl: options.runbookBaseUrl }));
}

function secondsOf(duration: string): number {
  const ms = parseDuration(duration);
  if (ms === null || ms % 1000 !== 0) {
    throw new AgentError(
      "USAGE",
      `"${duration}" is no duration of whole seconds: write one such as 30s or 2m`,
    );
  }
  return ms / 1000;
}
