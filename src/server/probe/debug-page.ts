import type { Failure } from "../../errors.ts";
import type { ProbeResult } from "../../events.ts";

/**
 * What `debug=true` answers: the steps and the transcript of the probe in order of time, how it
 * ended, and the metrics that would have been returned. Plain text, in the order that
 * blackbox_exporter has.
 */
export function debugPage(prober: string, result: ProbeResult, metrics: string): string {
  const lines = [
    "Logs for the probe:",
    `Beginning probe ${prober} at ${new Date(result.startedAtMs).toISOString()}`,
    ...(result.localAddress === "" ? [] : [`Connected from ${result.localAddress}`]),
    ...result.transcript.map(
      ({ atSeconds, from, summary }) =>
        `${time(atSeconds)} ${from === "probe" ? ">" : "<"} ${summary}`,
    ),
    ...result.warnings.map((warning) => `warning: ${failureText(warning)}`),
    ending(result),
    "",
    "Phases:",
    ...result.phases.map(({ phase, durationSeconds }) => `${time(durationSeconds)} ${phase}`),
    "",
    "Metrics that would have been returned:",
  ];
  return `${lines.join("\n")}\n${metrics}`;
}

function ending({ outcome, failure, durationSeconds }: ProbeResult): string {
  const words = { success: "succeeded", failure: "failed", inconclusive: "was inconclusive" };
  const why = failure === null ? "" : `: ${failureText(failure)}`;
  return `Probe ${words[outcome]} after ${durationSeconds.toFixed(6)}s${why}`;
}

function failureText({ phase, reason, code, detail }: Failure): string {
  const number = code === null ? "" : ` code=${code}`;
  return `phase=${phase} reason=${reason}${number} ${detail}`;
}

function time(seconds: number): string {
  return `${seconds.toFixed(6).padStart(11)}s`;
}
