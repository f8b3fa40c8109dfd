import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { loopbackAddress, smtpPort } from "./bed/addresses.ts";
import { startAgent } from "./bed/agent.ts";
import { useBed } from "./bed/bed.ts";
import { createCertificates } from "./bed/certificates.ts";
import { POSTFIX_PACKAGES, startPostfix } from "./bed/postfix.ts";
import { type Prometheus, PROMETHEUS_PACKAGES, startPrometheus } from "./bed/prometheus.ts";
import { whyLeftOut } from "./bed/requirements.ts";
import { until } from "./bed/until.ts";

const leftOut = await whyLeftOut("a Prometheus job as for blackbox_exporter", {
  packages: [...POSTFIX_PACKAGES, ...PROMETHEUS_PACKAGES],
});

describe.skipIf(leftOut !== null)("a Prometheus job as for blackbox_exporter", () => {
  const bed = useBed();
  const [answering, silent, foreign] = [loopbackAddress(), loopbackAddress(), loopbackAddress()];
  let port: number;
  let prometheus: Prometheus;

  beforeAll(async () => {
    port = await smtpPort();
    const { good } = createCertificates(join(bed.folder, "tls"), [answering]);
    await startPostfix(bed, { name: "relabel", addresses: [answering, foreign], port, tls: good });
    const agent = await startAgent(bed, {
      config: {
        modules: { smtp: { prober: "smtp", smtp: { port, starttls: "required" } } },
        ip_resources: [
          { name: "vip-a", address: answering, inbound: ["smtp"] },
          { name: "vip-b", address: silent, inbound: ["smtp"] },
        ],
      },
    });
    const targets = [answering, silent, foreign].map((address) => `${address}:${port}`);
    prometheus = await startPrometheus(bed, {
      scrapeConfigs: [
        {
          job_name: "mta-probe",
          metrics_path: "/probe",
          params: { module: ["smtp"] },
          static_configs: [{ targets }],
          relabel_configs: [
            { source_labels: ["__address__"], target_label: "__param_target" },
            { source_labels: ["__param_target"], target_label: "instance" },
            { target_label: "__address__", replacement: agent.address },
          ],
        },
      ],
    });
    await until("three scrapes", async () => {
      const [scraped] = await prometheus.query("count(up)");
      return scraped?.value === 3;
    });
  });

  const value = async (metric: string, address: string): Promise<number | undefined> => {
    const found = await prometheus.query(`${metric}{instance="${address}:${port}"}`);
    return found[0]?.value;
  };

  it("gets the result of a probe that was made for the scrape", async () => {
    expect(await value("up", answering)).toBe(1);
    expect(await value("probe_success", answering)).toBe(1);
    expect(await value("probe_ip_protocol", answering)).toBe(4);
    expect(await value("probe_duration_seconds", answering)).toBeGreaterThan(0);
    expect(await value("probe_ssl_earliest_cert_expiry", answering)).toBeGreaterThan(
      Date.now() / 1000,
    );
  });

  it("gets a probe that failed as an answer like any other", async () => {
    expect(await value("up", silent)).toBe(1);
    expect(await value("probe_success", silent)).toBe(0);
    expect(await prometheus.query(`mta_probe_failure{instance="${silent}:${port}"}`)).toMatchObject(
      [{ labels: { phase: "connect", reason: "connection_refused" }, value: 1 }],
    );
  });

  it("gets nothing of a target that is not in the configuration", async () => {
    expect(await value("up", foreign)).toBe(0);
    expect(await value("probe_success", foreign)).toBeUndefined();
  });
});
