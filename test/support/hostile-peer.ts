import { setImmediate, setTimeout } from "node:timers/promises";
import type { Phase, Reason } from "../../src/errors.ts";
import type { ProbeResult } from "../../src/events.ts";
import { smtpProbe } from "../../src/probes/smtp.ts";
import { faultsOf } from "./lawful-result.ts";
import { runProbe, type Run } from "./run-probe.ts";
import { ScriptedPeer, type Ending, type Step } from "./scripted-peer.ts";

/** What a probe says of a peer: a phase, a reason, and a code where there is one. */
export type Finding = readonly [phase: Phase, reason: Reason, code?: number];

/** A peer that misbehaves, and what the probe has to say of it. */
export interface HostilePeer {
  /** What it does. */
  readonly does: string;
  readonly script: readonly Step[];
  /** What fails the probe; without it the probe succeeds. */
  readonly failure?: Finding;
  /** What goes wrong after the question is answered. */
  readonly warning?: Finding;
  /** Whether only a time limit ends it; everything else is told at once. */
  readonly takesTheLimit?: boolean;
  /** Limits and settings of the probe. */
  readonly probe?: Partial<Omit<Run, "type" | "port">>;
}

/** What a probe made of a hostile peer. */
export interface Report {
  readonly outcome: ProbeResult["outcome"];
  readonly failure: Finding | null;
  readonly warnings: readonly Finding[];
  readonly inTime: boolean | string;
  /** What no result may have, whatever the peer does. */
  readonly faults: readonly string[];
  /** How often it connected. */
  readonly connections: number;
  /** Sockets that this process still has afterwards. */
  readonly socketsLeft: number;
}

export interface Encounter {
  readonly report: Report;
  readonly result: ProbeResult;
  /** How the peer saw the connection end. */
  readonly ending: Ending | undefined;
  /** What the probe said, line by line. */
  readonly heard: readonly string[];
}

/** What a limit may be exceeded by. */
const TOLERANCE_MS = 100;

/** What needs no waiting is told within this time on a busy host too: far below the usual limit. */
const AT_ONCE_MS = 1_000;
const LIMIT_MS = 3_000;

/** The limit where it is taken: short, so that the test is. */
const SHORT_MS = 250;

/** Probes a peer once, and waits until both sides have left the connection for good. */
export async function probeHostile(hostile: HostilePeer): Promise<Encounter> {
  const { script, takesTheLimit = false, probe = {} } = hostile;
  const timeoutMs = probe.timeoutMs ?? (takesTheLimit ? SHORT_MS : LIMIT_MS);
  const lastPhase = (hostile.failure ?? hostile.warning)?.[0];
  const phaseLimitMs = lastPhase === undefined ? undefined : probe.phaseTimeoutsMs?.[lastPhase];
  const limitMs = takesTheLimit ? (phaseLimitMs ?? timeoutMs) : null;
  const peer = await ScriptedPeer.listen(script, probe.address);
  const lateness = timerLateness(limitMs ?? 0);
  const result = await runProbe({ ...probe, type: smtpProbe, port: peer.port, timeoutMs });
  const endings = await peer.endings();
  await peer.close();
  const report = {
    outcome: result.outcome,
    failure: result.failure === null ? null : finding(result.failure),
    warnings: result.warnings.map((warning) => finding(warning)),
    inTime: inTime(result, limitMs, await lateness),
    faults: faultsOf(smtpProbe, result),
    connections: endings.length,
    socketsLeft: await socketsLeft(),
  };
  return { report, result, ending: endings[0], heard: peer.sessions[0]?.heard ?? [] };
}

/** Sockets of this process; those that are closing may take some turns. */
async function socketsLeft(turns = 20): Promise<number> {
  await setImmediate();
  const left = process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP")).length;
  return left === 0 || turns === 0 ? left : socketsLeft(turns - 1);
}

/** The report that a peer has to get. */
export function expectedReport({ failure, warning }: HostilePeer): Report {
  return {
    outcome: failure === undefined ? "success" : "failure",
    failure: failure ?? null,
    warnings: warning === undefined ? [] : [warning],
    inTime: true,
    faults: [],
    connections: 1,
    socketsLeft: 0,
  };
}

function finding({ phase, reason, code }: NonNullable<ProbeResult["failure"]>): Finding {
  return code === null ? [phase, reason] : [phase, reason, code];
}

/** By how much a timer of this process came too late: the host is shared with others. */
async function timerLateness(ms: number): Promise<number> {
  const startMs = performance.now();
  await setTimeout(ms);
  return performance.now() - startMs - ms;
}

function inTime(
  { durationSeconds }: ProbeResult,
  limitMs: number | null,
  latenessMs: number,
): boolean | string {
  const tookMs = durationSeconds * 1000;
  const from = limitMs === null ? 0 : limitMs - TOLERANCE_MS;
  const to = limitMs === null ? AT_ONCE_MS : limitMs + TOLERANCE_MS + latenessMs;
  return (tookMs >= from && tookMs <= to) || `${tookMs} ms, not ${from} to ${to} ms`;
}
