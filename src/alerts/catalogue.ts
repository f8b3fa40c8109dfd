import type { Alert } from "./alert.ts";
import { pathFaulty } from "./path-faulty.ts";
import { probesStalled } from "./probes-stalled.ts";
import { tlsCertificateExpiring } from "./tls-certificate-expiring.ts";

/** Every alert there is. */
export const ALERTS: readonly Alert[] = [pathFaulty, tlsCertificateExpiring, probesStalled];

/** A series that Prometheus computes ahead, for dashboards and rules of one's own. */
export interface Recording {
  readonly record: string;
  readonly expression: string;
}

/** Names follow Prometheus: what it is aggregated to, the metric, the operation. */
export const RECORDINGS: readonly Recording[] = [
  {
    record: "ip_resource:mta_probe_success:avg",
    expression: 'avg by (mta_cluster, ip_resource, address) (mta_probe_success{ip_resource!=""})',
  },
  {
    record: "peer:mta_probe_success:avg",
    expression: 'avg by (mta_cluster, peer) (mta_probe_success{direction="outbound"})',
  },
  {
    record: "module:mta_probe_failures:ratio_rate5m",
    expression: failureRatio("mta_cluster, direction, ip_resource, peer, module", "5m"),
  },
];

function failureRatio(by: string, range: string): string {
  const rate = (results: string) =>
    `sum by (${by}) (rate(mta_probes_total{result=~"${results}"}[${range}]))`;
  return `${rate("failure")}\n/\n${rate("success|failure")}`;
}
