import { isIP } from "node:net";
import type {
  AgentConfig,
  IpResource,
  Module,
  OutboundUse,
  Peer,
  Schedule,
} from "../config/model.ts";
import { type ProbePath, probePath } from "./probe-path.ts";
import type { Resolution } from "./resolution.ts";

/** Milliseconds between two runs of a schedule. */
export type IntervalOf = (schedule: Schedule) => number;

/** What is known of the peers' host names; a name not looked up yet is missing. */
export type Resolutions = ReadonlyMap<string, Resolution>;

/** The host names of peers that have to be looked up. */
export function hostNames(config: AgentConfig): ReadonlySet<string> {
  const hosts = config.peers.map((peer) => peer.host);
  return new Set(hosts.filter((host) => isIP(host) === 0));
}

/** IP resources × peers × modules: every path that exists now, each once. */
export function pathsOf(
  config: AgentConfig,
  resolutions: Resolutions,
  intervalOf: IntervalOf,
): ReadonlyMap<string, ProbePath> {
  const intervals = new Map<Module, number>();
  const intervalMs = (module: Module): number => {
    const known = intervals.get(module) ?? intervalOf(module.schedule);
    intervals.set(module, known);
    return known;
  };
  const paths = new Map<string, ProbePath>();
  const add = (path: ProbePath): void => {
    paths.set(path.id, path);
  };
  for (const resource of config.ipResources) inbound(config, resource, intervalMs).forEach(add);
  for (const peer of config.peers) {
    const resolution = resolutionOf(peer, resolutions);
    if (resolution === undefined) continue;
    for (const use of peer.outbound) {
      outbound(config, peer, use, resolution, intervalMs).forEach(add);
    }
  }
  return paths;
}

function resolutionOf(peer: Peer, resolutions: Resolutions): Resolution | undefined {
  if (isIP(peer.host) === 0) return resolutions.get(peer.host);
  return { addresses: [peer.host], omitted: 0, error: null };
}

function inbound(
  config: AgentConfig,
  { name, address, inbound: uses }: IpResource,
  intervalMs: (module: Module) => number,
): ProbePath[] {
  return uses.map((use) =>
    probePath(
      {
        cluster: config.cluster,
        direction: "inbound",
        ipResource: name,
        address,
        peer: "",
        peerAddress: "",
        module: use.module.name,
        prober: use.module.probeType.type,
      },
      { host: address, target: address, unresolved: null, source: null },
      use,
      intervalMs(use.module),
    ),
  );
}

/** One path for each address of the peer in the family of the source; one when it has none. */
function outbound(
  config: AgentConfig,
  peer: Peer,
  use: OutboundUse,
  resolution: Resolution,
  intervalMs: (module: Module) => number,
): ProbePath[] {
  const source = use.ipResource?.address ?? null;
  const reachable = resolution.addresses.filter(
    (address) => source === null || isIP(address) === isIP(source),
  );
  const nameless = resolution.addresses.length === 0;
  return (nameless ? [null] : reachable).map((target) =>
    probePath(
      {
        cluster: config.cluster,
        direction: "outbound",
        ipResource: use.ipResource?.name ?? "",
        address: source ?? "",
        peer: peer.name,
        peerAddress: target ?? "",
        module: use.module.name,
        prober: use.module.probeType.type,
      },
      {
        host: peer.host,
        target: resolution.error === null ? target : null,
        unresolved: resolution.error,
        source,
      },
      use,
      intervalMs(use.module),
    ),
  );
}
