import { createHash } from "node:crypto";
import type { Module, ModuleUse } from "../config/model.ts";
import type { Reason } from "../errors.ts";
import type { Path } from "../events.ts";
import type { ProbeSettings } from "../probe.ts";

/** A path with all that is needed to probe it. */
export interface ProbePath extends Path {
  /** The name or address as configured: what a certificate is checked against. */
  readonly host: string;
  /** The address to dial; null when there is none or it is no longer valid. */
  readonly target: string | null;
  /** Why there is no address to dial. */
  readonly unresolved: Reason | null;
  /** The address to leave from; null leaves the choice to the kernel. */
  readonly source: string | null;
  readonly use: Module;
  readonly settings: ProbeSettings;
  /** Where in a round the path has its place, from 0 up to 1: stable, from its identity. */
  readonly offset: number;
}

/** What makes a path another one. */
export type PathIdentity = Omit<Path, "id" | "intervalSeconds">;

interface Destination {
  readonly host: string;
  readonly target: string | null;
  readonly unresolved: Reason | null;
  readonly source: string | null;
}

/** Completes a path from its identity, where it goes and the module it uses. */
export function probePath(
  identity: PathIdentity,
  destination: Destination,
  { module, settings }: ModuleUse,
  intervalMs: number,
): ProbePath {
  const hash = createHash("sha256").update(labelText(identity)).digest();
  return {
    ...identity,
    ...destination,
    id: hash.toString("hex", 0, 8),
    offset: hash.readUInt32BE(8) / 2 ** 32,
    intervalSeconds: intervalMs / 1000,
    use: module,
    settings,
  };
}

function labelText(identity: PathIdentity): string {
  const { cluster, direction, ipResource, address, peer, peerAddress, module, prober } = identity;
  const labels = [cluster, direction, ipResource, address, peer, peerAddress, module, prober];
  return labels.join("\0");
}

/** Whether two versions of one path are probed alike, so that nothing has to be rescheduled. */
export function isSameProbe(one: ProbePath, other: ProbePath): boolean {
  return fingerprint(one) === fingerprint(other);
}

function fingerprint(path: ProbePath): string {
  const { host, target, unresolved, source, use, settings, intervalSeconds } = path;
  const { schedule, whileFailingMs, timeoutMs, phaseTimeoutsMs } = use;
  return JSON.stringify([
    [host, target, unresolved, source, settings, intervalSeconds],
    [schedule, whileFailingMs, timeoutMs, phaseTimeoutsMs],
  ]);
}
