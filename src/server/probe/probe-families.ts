import { isIPv4, isIPv6 } from "node:net";
import type { Fact, ProbeResult } from "../../events.ts";
import type { FactDeclaration } from "../../probe.ts";
import type { Family, Sample } from "./exposition-text.ts";

/**
 * The metrics of one probe on demand: first blackbox_exporter's, under its names, so that rules and
 * dashboards written for it go on working; then phases, failure and facts under our own. A result
 * that is inconclusive has no `probe_success`: it says nothing about the target.
 */
export function probeFamilies(result: ProbeResult, facts: readonly FactDeclaration[]): Family[] {
  return [...blackboxFamilies(result), ...ownFamilies(result), ...factFamilies(result, facts)];
}

function blackboxFamilies(result: ProbeResult): Family[] {
  const resolve = result.phases.find(({ phase }) => phase === "resolve");
  const success = Number(result.outcome === "success");
  const certificateExpiry = result.facts.filter(
    ({ metric }) => metric === "mta_tls_certificate_not_after_timestamp_seconds",
  );
  const tls = result.facts.filter(({ metric }) => metric === "mta_tls_info");
  return [
    {
      name: "probe_success",
      help: "Whether the probe succeeded",
      samples: result.outcome === "inconclusive" ? [] : [{ value: success }],
    },
    gauge("probe_duration_seconds", "How long the probe took in seconds", result.durationSeconds),
    gauge(
      "probe_dns_lookup_time_seconds",
      "How long looking up the target's name took in seconds; 0 for an address",
      resolve?.durationSeconds ?? 0,
    ),
    gauge(
      "probe_ip_protocol",
      "IP version of the connection; 0 when there was none",
      ipVersion(result.localAddress),
    ),
    {
      name: "probe_ssl_earliest_cert_expiry",
      help: "Unix time at which the first certificate of the chain expires",
      samples: certificateExpiry.map(({ value }) => ({ value })),
    },
    {
      name: "probe_tls_version_info",
      help: "TLS version of the connection",
      samples: tls.map(({ labels: [version = ""], value }) => ({
        labels: { version: version.replace(/^TLSv/, "TLS ") },
        value,
      })),
    },
  ];
}

function ownFamilies({ phases, failure }: ProbeResult): Family[] {
  return [
    {
      name: "mta_probe_phase_duration_seconds",
      help: "How long each phase of the probe took in seconds",
      samples: phases.map(({ phase, durationSeconds }) => ({
        labels: { phase },
        value: durationSeconds,
      })),
    },
    {
      name: "mta_probe_failure",
      help: "1 for the phase and the reason of the failure",
      samples:
        failure === null
          ? []
          : [{ labels: { phase: failure.phase, reason: failure.reason }, value: 1 }],
    },
  ];
}

function factFamilies(result: ProbeResult, declarations: readonly FactDeclaration[]): Family[] {
  return declarations.map(({ metric, help, labels = [] }) => ({
    name: metric,
    help,
    samples: result.facts
      .filter((fact) => fact.metric === metric)
      .map((fact) => factSample(fact, labels)),
  }));
}

function factSample(fact: Fact, names: readonly string[]): Sample {
  const pairs = names.map((name, index) => [name, fact.labels[index] ?? ""] as const);
  return { labels: Object.fromEntries(pairs), value: fact.value };
}

function gauge(name: string, help: string, value: number): Family {
  return { name, help, samples: [{ value }] };
}

function ipVersion(address: string): number {
  if (isIPv4(address)) return 4;
  return isIPv6(address) ? 6 : 0;
}
