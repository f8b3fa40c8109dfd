import { hash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
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
  const digest = hash("sha256", labelText(identity), "buffer");
  // Written out: an object put together by spreading costs many times as much, here and in use.
  return {
    id: digest.toString("hex", 0, 8),
    cluster: identity.cluster,
    direction: identity.direction,
    ipResource: identity.ipResource,
    address: identity.address,
    peer: identity.peer,
    peerAddress: identity.peerAddress,
    module: identity.module,
    prober: identity.prober,
    intervalSeconds: intervalMs / 1000,
    host: destination.host,
    target: destination.target,
    unresolved: destination.unresolved,
    source: destination.source,
    use: module,
    settings,
    offset: digest.readUInt32BE(8) / 2 ** 32,
  };
}

function labelText(identity: PathIdentity): string {
  const { cluster, direction, ipResource, address, peer, peerAddress, module, prober } = identity;
  const labels = [cluster, direction, ipResource, address, peer, peerAddress, module, prober];
  return labels.join("\0");
}

/** Whether two versions of one path are probed alike, so that nothing has to change. */
export function isSameProbe(one: ProbePath, other: ProbePath): boolean {
  if (one === other) return true;
  return (
    one.host === other.host &&
    one.target === other.target &&
    one.unresolved === other.unresolved &&
    isDeepStrictEqual(one.settings, other.settings) &&
    isDeepStrictEqual(paceAndLimits(one.use), paceAndLimits(other.use))
  );
}

function paceAndLimits({ schedule, whileFailingMs, timeoutMs, phaseTimeoutsMs }: Module): unknown {
  return [schedule, whileFailingMs, timeoutMs, phaseTimeoutsMs];
}
