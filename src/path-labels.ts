import type { Path } from "./events.ts";

/** The labels of a path, in the order in which they are shown. */
export const PATH_LABELS = [
  "mta_cluster",
  "direction",
  "ip_resource",
  "address",
  "peer",
  "peer_address",
  "module",
  "prober",
] as const;
export type PathLabel = (typeof PATH_LABELS)[number];

/** What a path is called in series, alerts and the log; empty where a label does not apply. */
export function pathLabels(path: Path): Readonly<Record<PathLabel, string>> {
  return {
    mta_cluster: path.cluster,
    direction: path.direction,
    ip_resource: path.ipResource,
    address: path.address,
    peer: path.peer,
    peer_address: path.peerAddress,
    module: path.module,
    prober: path.prober,
  };
}
