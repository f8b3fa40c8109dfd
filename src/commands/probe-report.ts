import type { Module } from "../config/model.ts";
import type { Failure } from "../errors.ts";
import type { PhaseTiming, ProbeResult } from "../events.ts";

/** One probe as it is shown. */
export interface ProbeReport {
  readonly module: Module;
  /** The host as asked for. */
  readonly target: string;
  /** The source as asked for; null when the kernel chose. */
  readonly source: string | null;
  /** The address dialled; empty when the host has none. */
  readonly address: string;
  readonly port: number;
  readonly result: ProbeResult;
}

/** The report as one JSON object on one line. */
export function probeJson({ module, source, address, port, result }: ProbeReport): string {
  const { outcome, durationSeconds, phases, failure, warnings, info, transcript } = result;
  const report = {
    success: outcome === "success",
    prober: module.probeType.type,
    module: module.name,
    source: source ?? result.localAddress,
    address,
    port,
    duration_seconds: rounded(durationSeconds),
    phases: phases.map((timing) => ({
      phase: timing.phase,
      duration_seconds: rounded(timing.durationSeconds),
    })),
    failure,
    warnings,
    info,
    transcript: transcript.map((line) => ({
      at_seconds: rounded(line.atSeconds),
      from: line.from,
      summary: line.summary,
    })),
  };
  return `${JSON.stringify(report)}\n`;
}

/** The clock's own resolution is a microsecond; more digits would be noise. */
function rounded(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

const BAR_WIDTH = 40;

/** The report for a terminal: outcome, phase waterfall, what the peer said of itself, transcript. */
export function probeText(report: ProbeReport, color: boolean): string {
  const { result } = report;
  const paint = color ? painted : plain;
  const lines = [headline(report, paint)];
  if (result.phases.length > 0) lines.push("", ...waterfall(result, paint));
  if (result.failure !== null)
    lines.push("", ...failureLines(result.failure, paint("red", "failed")));
  for (const warning of result.warnings) {
    lines.push("", ...failureLines(warning, paint("yellow", "warning")));
  }
  const info = Object.entries(result.info).filter(([, value]) => value !== null);
  if (info.length > 0) lines.push("", ...info.map(([key, value]) => `  ${key}: ${shown(value)}`));
  if (result.transcript.length > 0) lines.push("");
  for (const { atSeconds, from, summary } of result.transcript) {
    const arrow = from === "probe" ? paint("cyan", "→") : paint("green", "←");
    lines.push(`  ${milliseconds(atSeconds)} ${arrow} ${summary}`);
  }
  return `${lines.join("\n")}\n`;
}

type Paint = (color: keyof typeof COLORS, text: string) => string;

const COLORS = { red: 31, green: 32, yellow: 33, cyan: 36 } as const;

const painted: Paint = (color, text) => `\u001b[${COLORS[color]}m${text}\u001b[0m`;
const plain: Paint = (_color, text) => text;

function headline(
  { module, target, address, port, source, result }: ProbeReport,
  paint: Paint,
): string {
  const outcome = { success: "green", failure: "red", inconclusive: "yellow" } as const;
  const from = source ?? result.localAddress;
  const via = from === "" ? "" : ` from ${from}`;
  const at = address === target || address === "" ? target : `${target} (${address})`;
  const said = paint(outcome[result.outcome], result.outcome);
  const took = milliseconds(result.durationSeconds).trim();
  return `${said}: ${module.name} to ${at} port ${port}${via}, ${took}`;
}

function waterfall({ phases, durationSeconds }: ProbeResult, paint: Paint): string[] {
  const width = Math.max(...phases.map(({ phase }) => phase.length), 0);
  const scale = durationSeconds > 0 ? BAR_WIDTH / durationSeconds : 0;
  let elapsed = 0;
  return phases.map(({ phase, durationSeconds: took }: PhaseTiming) => {
    const indent = " ".repeat(Math.min(BAR_WIDTH - 1, Math.floor(elapsed * scale)));
    const bar = "▇".repeat(Math.max(1, Math.round(took * scale)));
    elapsed += took;
    return `  ${phase.padEnd(width)} ${milliseconds(took)} ${indent}${paint("cyan", bar)}`;
  });
}

function failureLines(failure: Failure, label: string): string[] {
  const { phase, reason, origin, code, detail } = failure;
  const number = code === null ? "" : `, code ${code}`;
  return [`  ${label}: ${reason} in phase ${phase} (${origin}${number})`, `  ${detail}`];
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(1)} ms`.padStart(11);
}

function shown(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}
