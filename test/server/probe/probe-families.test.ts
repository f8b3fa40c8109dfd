import { describe, expect, test } from "vitest";
import type { ProbeResult } from "../../../src/events.ts";
import type { FactDeclaration } from "../../../src/probe.ts";
import { expositionText } from "../../../src/server/probe/exposition-text.ts";
import { probeFamilies } from "../../../src/server/probe/probe-families.ts";
import { failed, inconclusive, someFailure, success } from "../../support/results.ts";

const declarations: FactDeclaration[] = [
  { metric: "mta_smtp_reply_code", help: "Code of the last reply" },
  { metric: "mta_tls_certificate_not_after_timestamp_seconds", help: "Earliest notAfter" },
  { metric: "mta_tls_info", help: "Version and cipher", labels: ["version", "cipher"] },
];

function text(result: ProbeResult): string {
  return expositionText(probeFamilies(result, declarations));
}

/** The samples alone. */
function samples(result: ProbeResult): string[] {
  return text(result)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
}

test("a probe over TLS has blackbox_exporter's metrics, then our own", () => {
  const result = success({
    phases: [
      { phase: "resolve", durationSeconds: 0.002 },
      { phase: "connect", durationSeconds: 0.001 },
    ],
    facts: [
      { metric: "mta_smtp_reply_code", value: 250, labels: [] },
      { metric: "mta_tls_certificate_not_after_timestamp_seconds", value: 1.8e9, labels: [] },
      { metric: "mta_tls_info", value: 1, labels: ["TLSv1.3", "TLS_AES_256_GCM_SHA384"] },
    ],
  });
  expect(samples(result)).toEqual([
    "probe_success 1",
    "probe_duration_seconds 0.012",
    "probe_dns_lookup_time_seconds 0.002",
    "probe_ip_protocol 4",
    "probe_ssl_earliest_cert_expiry 1800000000",
    'probe_tls_version_info{version="TLS 1.3"} 1',
    'mta_probe_phase_duration_seconds{phase="resolve"} 0.002',
    'mta_probe_phase_duration_seconds{phase="connect"} 0.001',
    "mta_smtp_reply_code 250",
    "mta_tls_certificate_not_after_timestamp_seconds 1800000000",
    'mta_tls_info{version="TLSv1.3",cipher="TLS_AES_256_GCM_SHA384"} 1',
  ]);
});

test("a failure has its phase and reason, and no metric of what it did not reach", () => {
  const failure = someFailure({ phase: "connect", reason: "timeout" });
  expect(samples(failed(failure, { phases: [], localAddress: "" }))).toEqual([
    "probe_success 0",
    "probe_duration_seconds 0.012",
    "probe_dns_lookup_time_seconds 0",
    "probe_ip_protocol 0",
    'mta_probe_failure{phase="connect",reason="timeout"} 1',
  ]);
});

test("an inconclusive probe says nothing of success", () => {
  expect(text(inconclusive())).not.toContain("probe_success");
});

describe("probe_ip_protocol", () => {
  test.each([
    ["192.0.2.1", 4],
    ["2001:db8::1", 6],
    ["fe80::1%eth0", 6],
    ["", 0],
  ])("of %j is %i", (localAddress, version) => {
    expect(samples(success({ localAddress }))).toContain(`probe_ip_protocol ${version}`);
  });
});

test("a fact that is not declared is left out", () => {
  const result = success({ facts: [{ metric: "mta_other", value: 1, labels: [] }] });
  expect(text(result)).not.toContain("mta_other");
});
