import { PATH_LABELS } from "../path-labels.ts";
import type { Alert } from "./alert.ts";

const DAY_SECONDS = 86_400;
const WARNING_DAYS = 14;
const CRITICAL_DAYS = 3;

const inboundLabels = ["mta_cluster", "direction", "ip_resource", "address", "module", "prober"];
const outboundLabels = ["mta_cluster", "direction", "peer", "peer_address", "module", "prober"];

/**
 * Seconds that are left. Whose certificate it is depends on the direction: a peer shows the same one
 * to every IP resource, and that is one alert.
 */
const secondsLeft = (["inbound", "outbound"] as const)
  .map((direction) => {
    const by = (direction === "inbound" ? inboundLabels : outboundLabels).join(", ");
    const series = `mta_tls_certificate_not_after_timestamp_seconds{direction="${direction}"}`;
    return `min by (${by}) (${series}) - time()`;
  })
  .join("\n  or\n  ");

const whose =
  'The certificate of {{ if eq $labels.direction "inbound" }}' +
  "{{ $labels.ip_resource }} ({{ $labels.address }})" +
  "{{ else }}{{ $labels.peer }} ({{ $labels.peer_address }}){{ end }}, module {{ $labels.module }},";

export const tlsCertificateExpiring: Alert = {
  name: "MtaTlsCertificateExpiring",
  labels: PATH_LABELS,
  cases: [
    {
      severity: "critical",
      summary: "A TLS certificate has expired or is about to",
      description: `${whose} {{ if gt $value 0.0 }}expires in {{ humanizeDuration $value }}{{ else }}has expired{{ end }}`,
      expression: `(\n  ${secondsLeft}\n) < ${CRITICAL_DAYS * DAY_SECONDS}`,
      forSeconds: 300,
    },
    {
      severity: "warning",
      summary: "A TLS certificate expires soon",
      description: `${whose} expires in {{ humanizeDuration $value }}`,
      expression: `(\n  ${secondsLeft}\n) < ${WARNING_DAYS * DAY_SECONDS} >= ${CRITICAL_DAYS * DAY_SECONDS}`,
      forSeconds: 300,
    },
  ],
  runbook: {
    explainsReasons: false,
    meaning: `
A certificate in the chain that an MTA presents after STARTTLS ends soon: within ${WARNING_DAYS} days
(\`warning\`), or within ${CRITICAL_DAYS} days or already (\`critical\`). What counts is the earliest end
in the chain, which need not be that of the server's own certificate. The two severities never fire
together: as the end comes near, the warning is resolved and the critical alert takes its place.

A peer's certificate is one alert, whichever IP resources see it: outbound, \`ip_resource\` and
\`address\` are left out.`,
    impact: `
Senders that check certificates (MTA-STS, DANE, mandatory TLS with a partner) stop delivering when it
ends; senders with opportunistic TLS go on. With \`verify: true\` in the module the probes fail as well,
with reason \`certificate_expired\`, and MtaPathFaulty follows.`,
    diagnosis: `
1. Which certificate of the chain is it?
   \`\`\`sh
   openssl s_client -starttls smtp -connect ADDRESS:25 -servername NAME -showcerts </dev/null 2>/dev/null |
     grep -E '^ *[0-9]+ s:|NotAfter'
   \`\`\`
2. Has it been renewed on disk, and the MTA not been told? With Postfix:
   \`\`\`sh
   openssl x509 -noout -subject -enddate -in "$(postconf -h smtpd_tls_cert_file)"
   postfix reload
   \`\`\`
   In a cluster, look at every node: the file of the passive node is easily forgotten.
3. Why was it not renewed? With certbot: \`certbot certificates\`, \`systemctl list-timers\`.
4. A peer's certificate is for its operator to renew: tell them.`,
  },
};
