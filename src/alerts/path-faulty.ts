import { PATH_LABELS } from "../path-labels.ts";
import type { Alert } from "./alert.ts";
import { PATH_TEMPLATE } from "./path-in-words.ts";

const by = PATH_LABELS.join(", ");

/** The failure of the path that an alert is about, asked for when its annotations are rendered. */
const failureQuery = `query (printf ${JSON.stringify(
  `max by (phase, reason) (mta_probe_failure{${PATH_LABELS.map((label) => `${label}=%q`).join(", ")}} == 1)`,
)} ${PATH_LABELS.map((label) => `$labels.${label}`).join(" ")})`;

const failures =
  `{{ range $index, $failure := ${failureQuery} | sortByLabel "reason" }}` +
  "{{ if $index }};{{ else }}:{{ end }} {{ .Labels.reason }} in phase {{ .Labels.phase }}{{ end }}";

/**
 * A path has failed twice in a row and for a while. A path that worked is given its next probe
 * first, so that a single failure raises nothing, however seldom the path is probed.
 */
const expression = `
min by (${by}) (
  mta_probe_success == 0
  unless
  time() - mta_probe_last_success_timestamp_seconds <= 2 * mta_probe_interval_seconds
)`.trim();

export const pathFaulty: Alert = {
  name: "MtaPathFaulty",
  labels: PATH_LABELS,
  cases: [
    {
      severity: "critical",
      summary: "A mail path does not work",
      description: `${PATH_TEMPLATE} fails${failures}`,
      expression,
      forSeconds: 60,
    },
  ],
  runbook: {
    explainsReasons: true,
    meaning: `
The probes of one path fail: inbound, the MTA does not answer as it should on the address of an IP
resource; outbound, a peer cannot be reached, or does not answer as it should, when the connection
leaves from the address of an IP resource. A path that worked fires after at least two failed probes
in a row. With several agents or scrapers the alert fires when one of them sees the path fail.

An empty \`ip_resource\` is the control path: the same peer from the node's own address.`,
    impact: `
Inbound, other systems cannot deliver to this address; they try again or go to another MX. Outbound,
mail that leaves from this address for this peer stays in the queue, or bounces when the refusal is
permanent.`,
    diagnosis: `
The description names phase and reason; the tables below say what they suggest. Then narrow it down:

1. Repeat the probe on the node that owns the IP resource. The waterfall shows where it stops, the
   transcript what was said:
   \`\`\`sh
   mta-exporter probe PEER_ADDRESS --config.file=/etc/mta-exporter.yml --module=smtp --source=ADDRESS
   \`\`\`
2. Compare. Without \`--source\` it leaves from the node's own address (the control path): if that
   works, look at the IP resource, its routes and the peer's access lists; if it fails too, look at
   the peer or the network. Other paths of the same \`ip_resource\` or \`peer\` say the same:
   \`\`\`promql
   mta_probe_success{ip_resource="vip-a"}
   mta_probe_success{peer="partner"}
   \`\`\`
3. Is the address here, and which way would it go?
   \`\`\`sh
   ip -brief address show to ADDRESS
   ip route get PEER_ADDRESS from ADDRESS
   \`\`\`
4. Does the MTA listen on it, and how many sockets does the address hold, in which states?
   \`\`\`sh
   ss --tcp --listening --numeric --processes 'sport = :25'
   ss --tcp --all --numeric src ADDRESS | awk 'NR > 1 { n[$1]++ } END { for (s in n) print s, n[s] }'
   \`\`\`
5. Does a firewall of this node stand in the way? Look for \`drop\`, \`reject\` and limits:
   \`\`\`sh
   nft list ruleset
   \`\`\`
6. What does the MTA think? With Postfix:
   \`\`\`sh
   postfix status
   postconf inet_interfaces smtp_bind_address smtp_bind_address6 smtpd_tls_cert_file
   journalctl --unit 'postfix*' --since -15min
   \`\`\`
7. For failures in phase \`tls\`:
   \`\`\`sh
   openssl s_client -starttls smtp -connect ADDRESS:25 -servername NAME -verify_hostname NAME </dev/null
   \`\`\``,
  },
};
