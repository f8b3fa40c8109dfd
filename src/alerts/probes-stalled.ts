import { PATH_LABELS } from "../path-labels.ts";
import type { Alert } from "./alert.ts";
import { PATH_TEMPLATE } from "./path-in-words.ts";

const by = PATH_LABELS.join(", ");

/** Seconds since the last result, or 0 when there has never been one although probes were run. */
const expression = `
max by (${by}) (
  time() - mta_probe_last_run_timestamp_seconds > 3 * mta_probe_interval_seconds + 30
)
or
0 * max by (${by}) (
  mta_probes_total{result="inconclusive"} > 0
  unless ignoring (result) mta_probe_last_run_timestamp_seconds
)`.trim();

export const probesStalled: Alert = {
  name: "MtaProbesStalled",
  labels: PATH_LABELS,
  cases: [
    {
      severity: "warning",
      summary: "A mail path has no fresh results",
      description:
        `${PATH_TEMPLATE} {{ if $value }}has had no result for {{ humanizeDuration $value }}` +
        "{{ else }}has never had a result: all its probes were inconclusive{{ end }}",
      expression,
      forSeconds: 60,
    },
  ],
  runbook: {
    explainsReasons: false,
    meaning: `
The agent runs, but a path has had no result for more than three of its intervals and 30 seconds, or
has never had one: what the metrics show of it is old, and nobody would learn of a failure. Either the
agent does not get round to the probes, or every probe is *inconclusive*: a failure of the agent
itself, which says nothing about the MTA.

An agent that does not answer at all is not this alert: watch \`up\` of its scrape job for that.`,
    impact: `
Mail flow need not be affected. The monitoring is: alerts about this path neither fire nor resolve.`,
    diagnosis: `
1. Are the probes inconclusive, and why?
   \`\`\`promql
   rate(mta_probes_total{result="inconclusive"}[5m]) > 0
   mta_probe_failures_total{reason=~"too_many_files|no_buffers|permission_denied|resolver_failed|loop_stalled"}
   \`\`\`
   - \`too_many_files\`: raise \`LimitNOFILE\` of the service, or look for a leak:
     \`ls /proc/$(systemctl show --property MainPID --value mta-exporter)/fd | wc -l\`
   - \`no_buffers\`: the kernel is out of socket memory: \`dmesg\`, \`cat /proc/net/sockstat\`
   - \`permission_denied\`: a sandbox forbids the socket: \`systemctl show --property
     RestrictAddressFamilies mta-exporter\`
   - \`resolver_failed\`: the name server of the node does not answer: \`getent ahosts PEER\`
   - \`loop_stalled\`: the process did not run: a suspended machine, or far too little CPU
2. Is there more to do than the limits allow? Lateness and probes in flight say so; \`check\` computes
   the load of a configuration:
   \`\`\`promql
   mta_exporter_probes_in_flight
   histogram_quantile(0.99, sum by (le, instance) (rate(mta_exporter_probe_start_lateness_seconds_bucket[5m])))
   \`\`\`
   \`\`\`sh
   mta-exporter check /etc/mta-exporter.yml
   \`\`\`
3. Do the clocks agree? Age is Prometheus's time less the agent's: \`timedatectl\` on both.
4. What does the agent say? \`journalctl --unit mta-exporter --since -15min\``,
  },
};
