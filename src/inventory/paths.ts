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
import type { NoAddress, Resolution } from "./resolution.ts";

/** Milliseconds between two runs of a schedule. */
export type IntervalOf = (schedule: Schedule) => number;

/** What is known of the peers' host names. */
export type Resolutions = ReadonlyMap<string, Resolution>;

/** The host names of peers that have to be looked up. */
export function hostNames(config: AgentConfig): ReadonlySet<string> {
  const probed = config.peers.filter(({ outbound }) => outbound.length > 0);
  return new Set(probed.map(({ host }) => host).filter((host) => isIP(host) === 0));
}

interface PeerPaths {
  readonly resolution: Resolution;
  readonly paths: readonly ProbePath[];
}

/**
 * IP resources × peers × modules: every path that exists, each once. When a name changes, only the
 * paths of its peers are worked out again.
 */
export class PathInventory {
  readonly #config: AgentConfig;
  readonly #intervalOf: IntervalOf;
  readonly #intervals = new Map<Module, number>();
  readonly #inbound: readonly ProbePath[];
  readonly #peers = new Map<Peer, PeerPaths>();

  constructor(config: AgentConfig, intervalOf: IntervalOf) {
    this.#config = config;
    this.#intervalOf = intervalOf;
    this.#inbound = config.ipResources.flatMap((resource) => this.#inboundPaths(resource));
  }

  /** The paths by their ids, in the configuration's order. */
  paths(resolutions: Resolutions): ReadonlyMap<string, ProbePath> {
    const paths = new Map(this.#inbound.map((path) => [path.id, path]));
    for (const peer of this.#config.peers) {
      for (const path of this.#peerPaths(peer, resolutions)) paths.set(path.id, path);
    }
    return paths;
  }

  #inboundPaths({ name, address, inbound }: IpResource): ProbePath[] {
    return inbound.map((use) =>
      probePath(
        {
          cluster: this.#config.cluster,
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
        this.#intervalMs(use.module),
      ),
    );
  }

  #peerPaths(peer: Peer, resolutions: Resolutions): readonly ProbePath[] {
    const known = this.#peers.get(peer);
    const isName = isIP(peer.host) === 0;
    if (known !== undefined && !isName) return known.paths;
    const resolution = isName ? resolutions.get(peer.host) : literal(peer.host);
    if (resolution === undefined) return [];
    if (known?.resolution === resolution) return known.paths;
    const paths = peer.outbound.flatMap((use) => this.#outboundPaths(peer, use, resolution));
    this.#peers.set(peer, { resolution, paths });
    return paths;
  }

  /** One path for each address of the peer in the family of the source; one when it has none. */
  #outboundPaths(peer: Peer, use: OutboundUse, resolution: Resolution): ProbePath[] {
    const source = use.ipResource?.address ?? null;
    return destinations(resolution, source).map(({ address, unresolved }) =>
      probePath(
        {
          cluster: this.#config.cluster,
          direction: "outbound",
          ipResource: use.ipResource?.name ?? "",
          address: source ?? "",
          peer: peer.name,
          peerAddress: address,
          module: use.module.name,
          prober: use.module.probeType.type,
        },
        { host: peer.host, target: unresolved === null ? address : null, unresolved, source },
        use,
        this.#intervalMs(use.module),
      ),
    );
  }

  #intervalMs(module: Module): number {
    const known = this.#intervals.get(module) ?? this.#intervalOf(module.schedule);
    this.#intervals.set(module, known);
    return known;
  }
}

interface PeerAddress {
  /** Empty when the name has none. */
  readonly address: string;
  /** Why it may not be dialled. */
  readonly unresolved: NoAddress | null;
}

function destinations(
  { addresses, expired, error }: Resolution,
  source: string | null,
): readonly PeerAddress[] {
  if (addresses.length === 0) return [{ address: "", unresolved: error }];
  return addresses
    .filter((address) => source === null || isIP(address) === isIP(source))
    .map((address) => ({
      address,
      unresolved: expired.includes(address) ? "resolver_failed" : null,
    }));
}

function literal(address: string): Resolution {
  return { addresses: [address], expired: [], omitted: 0, error: null };
}
