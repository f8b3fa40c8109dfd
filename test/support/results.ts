import { REASONS, type Failure } from "../../src/errors.ts";
import type { Path, ProbeResult } from "../../src/events.ts";

/** A path, outbound from vip-a to partner unless told otherwise. */
export function somePath(fields: Partial<Path> = {}): Path {
  return {
    id: "path-1",
    cluster: "mail1",
    direction: "outbound",
    ipResource: "vip-a",
    address: "192.0.2.10",
    peer: "partner",
    peerAddress: "198.51.100.1",
    module: "smtp",
    prober: "smtp",
    intervalSeconds: 15,
    ...fields,
  };
}

/** A refused connection unless told otherwise; the origin is the reason's own. */
export function someFailure(fields: Partial<Omit<Failure, "origin">> = {}): Failure {
  const reason = fields.reason ?? "connection_refused";
  return {
    phase: "connect",
    code: null,
    detail: "the connection was refused",
    ...fields,
    reason,
    origin: REASONS[reason].origin,
  };
}

/** A result that succeeded. */
export function success(fields: Partial<ProbeResult> = {}): ProbeResult {
  return {
    outcome: "success",
    startedAtMs: Date.UTC(2026, 0, 1),
    durationSeconds: 0.012,
    phases: [
      { phase: "connect", durationSeconds: 0.001 },
      { phase: "banner", durationSeconds: 0.011 },
    ],
    failure: null,
    warnings: [],
    facts: [{ metric: "mta_smtp_reply_code", value: 250, labels: [] }],
    info: { banner: "mx.example.org ESMTP" },
    transcript: [{ atSeconds: 0.001, from: "peer", summary: "220 mx.example.org ESMTP" }],
    localAddress: "192.0.2.10",
    ...fields,
  };
}

/** A result that failed. */
export function failed(
  failure: Failure = someFailure(),
  fields: Partial<ProbeResult> = {},
): ProbeResult {
  return success({ outcome: "failure", failure, facts: [], info: {}, ...fields });
}

/** A result that says nothing about the MTA: the agent ran out of file descriptors. */
export function inconclusive(): ProbeResult {
  const failure = someFailure({ phase: "source", reason: "too_many_files" });
  return failed(failure, { outcome: "inconclusive" });
}
