import { DEFAULT_EVERY } from "./schema.ts";

/** A configuration for the reference page; a test keeps it valid. */
export const EXAMPLE = `cluster: mail1
defaults:
  schedule: "*/15 * * * * *"          # node-cron, with seconds; or every: 15s
  timeout: 10s
  while_failing: { every: 5s }
modules:
  smtp:
    prober: smtp
    smtp: { ehlo_name: probe.example.org, starttls: required }
  submission:
    prober: tcp
    every: 1m
    tcp: { port: 587 }
ip_resources:
  - name: vip-a
    address: 192.0.2.10
    inbound: [smtp, submission]       # modules that must answer on this address
  - name: vip-b
    address: 192.0.2.11
    inbound: [smtp]
    smtp: { ehlo_name: b.example.org } # laid over the module, in and out
peers:
  - name: partner
    host: mta.partner.example
    outbound: [smtp]                  # from every IP resource to this peer
  - name: relay
    host: 198.51.100.25
    outbound: [smtp]
    ip_resources: [vip-a]             # only from this one
    smtp: { starttls: off }           # laid over the module and the IP resource
alerting:
  alertmanagers: [{ url: "http://127.0.0.1:9093" }]
`;

/** What holds for the whole file. */
export const INTRODUCTION = `The configuration is one YAML 1.2 document, named by \`--config.file\`. \
\`mta-exporter check FILE\` shows everything that is wrong with it, each with line, column and what \
is allowed; \`mta-exporter schema\` prints its JSON Schema for editors.

- Unknown keys are errors. So are duplicate keys, anchors, aliases, tags, merge keys and control characters.
- Durations are Prometheus's: \`500ms\`, \`10s\`, \`1m30s\`, with the units ms, s, m, h, d, w and y.
- Secrets come from files. A key that ends in \`_file\` holds a path, relative to the configuration file's folder; the file must be readable.
- The keys \`schedule\` and \`every\` exclude each other. A module's own overrides the one of \`defaults\`; with neither, a path is probed every ${DEFAULT_EVERY}.
- An IP resource or a peer may have settings under the name of a probe type. They are laid over the module's: first the IP resource's, then the peer's on top. Maps are merged key by key, everything else is replaced.
- The probes that leave from an IP resource may hold 5 % of the kernel's ephemeral ports, each a port for 60 seconds. A configuration that needs more is refused.`;
