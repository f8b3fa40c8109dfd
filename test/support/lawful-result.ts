import { PHASES, REASONS, type Failure } from "../../src/errors.ts";
import type { ProbeResult } from "../../src/events.ts";
import type { ProbeType } from "../../src/probe.ts";

/** What the text that people see must not hold: control, format and bidirectional characters. */
const unprintable = /\p{Cc}|\p{Cf}|\p{Cs}|[\u2028\u2029]/u;

/** Cut at 200 characters, each of which may become an escape such as `\u{e0001}`, and an ellipsis. */
const TEXT_LIMIT = 200 * 9 + 1;

/** Lines of transcript that one run keeps at most. */
const TRANSCRIPT_LIMIT = 256;

/**
 * What is wrong with a result whatever the probe was: phases of its type that do not fill its time
 * in their order, words out of the lists, metrics that are not declared, raw text from the network.
 */
export function faultsOf(type: ProbeType, result: ProbeResult): string[] {
  const texts = textsOf(result);
  return [
    ...phaseFaults(type, result),
    ...failuresOf(result).flatMap((failure) => wordFaults(type, failure)),
    ...result.facts.filter((fact) => !isDeclared(type, fact)).map(({ metric }) => `fact ${metric}`),
    ...texts.filter((text) => unprintable.test(text)).map((text) => `raw: ${JSON.stringify(text)}`),
    ...texts.filter((text) => text.length > TEXT_LIMIT).map((text) => `long: ${text}`),
    ...(result.transcript.length > TRANSCRIPT_LIMIT ? ["the transcript is too long"] : []),
  ];
}

function phaseFaults(type: ProbeType, { phases, durationSeconds }: ProbeResult): string[] {
  const names = phases.map(({ phase }) => phase);
  // After TLS the dialogue begins again with EHLO.
  const tls = names.indexOf("tls");
  const places = names
    .filter((name, index) => !(tls !== -1 && index === tls + 1 && name === "ehlo"))
    .map((name) => type.phases.indexOf(name));
  const ordered = places.every((place, index) => place > (places[index - 1] ?? -1));
  const sumSeconds = phases.reduce((sum, phase) => sum + phase.durationSeconds, 0);
  const filled = Math.abs(sumSeconds - durationSeconds) < 0.001;
  return [
    ...(ordered ? [] : [`the phases are out of order: ${names.join(" ")}`]),
    ...(filled ? [] : [`the phases take ${sumSeconds} s of ${durationSeconds} s`]),
  ];
}

function wordFaults(type: ProbeType, { phase, reason, origin }: Failure): string[] {
  const known = PHASES.includes(phase) && type.phases.includes(phase);
  return [
    ...(known ? [] : [`phase ${phase}`]),
    ...(REASONS[reason].origin === origin ? [] : [`origin ${origin} of ${reason}`]),
  ];
}

function isDeclared(
  type: ProbeType,
  { metric, value, labels }: ProbeResult["facts"][number],
): boolean {
  const declaration = Object.values(type.facts).find((fact) => fact.metric === metric);
  if (declaration === undefined) return false;
  return (declaration.labels ?? []).length === labels.length && Number.isFinite(value);
}

function failuresOf({ failure, warnings }: ProbeResult): Failure[] {
  return failure === null ? [...warnings] : [failure, ...warnings];
}

function textsOf(result: ProbeResult): string[] {
  return [
    ...failuresOf(result).map(({ detail }) => detail),
    ...result.transcript.map(({ summary }) => summary),
    ...Object.values(result.info).flatMap((value) => textsIn(value)),
  ];
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.flatMap((item) => textsIn(item)) : [];
}
