import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { loopbackAddress, smtpPort } from "./bed/addresses.ts";
import { type Agent, runMain, startAgent } from "./bed/agent.ts";
import { ALERTMANAGER_PACKAGES, startAlertmanager } from "./bed/alertmanager.ts";
import { useBed } from "./bed/bed.ts";
import { createCertificates } from "./bed/certificates.ts";
import { POSTFIX_PACKAGES, type Postfix, startPostfix } from "./bed/postfix.ts";
import { run } from "./bed/processes.ts";
import { type Prometheus, PROMETHEUS_PACKAGES, startPrometheus } from "./bed/prometheus.ts";
import { whyLeftOut } from "./bed/requirements.ts";
import { until } from "./bed/until.ts";
import { startWebhook, type Webhook } from "./bed/webhook.ts";

const leftOut = await whyLeftOut("alerts about Postfix, through Prometheus and Alertmanager", {
  packages: [...POSTFIX_PACKAGES, ...PROMETHEUS_PACKAGES, ...ALERTMANAGER_PACKAGES],
});

describe.skipIf(leftOut !== null)("with Postfix, Prometheus and Alertmanager", () => {
  const bed = useBed();
  const [a, b, c] = [loopbackAddress(), loopbackAddress(), loopbackAddress()];
  const pathCount = 5;
  let postfix: Postfix;
  let agent: Agent;
  let prometheus: Prometheus;
  let webhook: Webhook;

  beforeAll(async () => {
    const port = await smtpPort();
    const certificates = createCertificates(join(bed.folder, "tls"), [a, b, c]);
    postfix = await startPostfix(bed, {
      name: "pool",
      addresses: [a, b, c],
      port,
      tls: certificates.good,
    });
    const smtp = { port, starttls: "required", verify: true };
    const tlsConfig = { ca_file: certificates.caFile };
    agent = await startAgent(bed, {
      config: {
        cluster: "pool",
        node: "pool-a",
        defaults: { every: "1s", timeout: "2s" },
        modules: { smtp: { prober: "smtp", smtp: { ...smtp, tls_config: tlsConfig } } },
        ip_resources: [
          { name: "vip-a", address: a, inbound: ["smtp"] },
          { name: "vip-b", address: b, inbound: ["smtp"] },
          { name: "vip-c", address: c, inbound: ["smtp"] },
        ],
        peers: [{ name: "partner", host: c, outbound: ["smtp"], ip_resources: ["vip-a", "vip-b"] }],
      },
    });

    webhook = await startWebhook(bed);
    const alertmanager = await startAlertmanager(bed, webhook.url);
    const rules = await runMain(["rules", "--for=2s"]);
    const ruleFile = join(bed.folder, "rules.yml");
    writeFileSync(ruleFile, rules.stdout);
    prometheus = await startPrometheus(bed, {
      scrapeConfigs: [{ job_name: "mta", static_configs: [{ targets: [agent.address] }] }],
      ruleFiles: [ruleFile],
      alertmanagers: [alertmanager.address],
    });
  });

  /** What is said to be faulty now: "MtaPathFaulty vip-a -> partner" and the like, in order. */
  const firing = (): readonly string[] => {
    const alerts = webhook.latest().filter(({ status }) => status === "firing");
    const names = alerts.map(({ labels }) => {
      const where = [labels["ip_resource"], labels["peer"]].filter(Boolean).join(" -> ");
      return `${labels["alertname"]} ${where}`;
    });
    return names.toSorted();
  };
  const untilFiring = (expected: readonly string[]): Promise<unknown> =>
    until(
      `firing: ${expected.join(", ") || "nothing"}`,
      () => JSON.stringify(firing()) === JSON.stringify(expected),
      { timeoutMs: 30_000, state: () => `firing: ${firing().join(", ")}` },
    );

  it("finds every path in order and raises nothing", async () => {
    await agent.ready();
    await until("Prometheus has every path as good", async () => {
      const [good] = await prometheus.query("sum(mta_probe_success)");
      return good?.value === pathCount;
    });
    const metrics = await agent.metrics();
    expect(metrics.find("mta_probe_success").map(({ value }) => value)).toEqual(
      Array.from({ length: pathCount }, () => 1),
    );
    expect(metrics.find("mta_tls_certificate_ok", { check: "trust" })).toHaveLength(pathCount);
    expect(metrics.sum("mta_tls_certificate_ok", { check: "trust" })).toBe(pathCount);
    expect(metrics.sum("mta_tls_certificate_ok", { check: "name" })).toBe(pathCount);
    expect(await prometheus.query("ALERTS")).toEqual([]);
    expect(webhook.delivered).toEqual([]);
  });

  it("says which IP resource lost its listener, and when it is back", async () => {
    await postfix.closeListener(b);
    await untilFiring(["MtaPathFaulty vip-b"]);
    const [alert] = webhook.latest();
    expect(alert?.labels).toEqual({
      alertname: "MtaPathFaulty",
      severity: "critical",
      mta_cluster: "pool",
      direction: "inbound",
      ip_resource: "vip-b",
      address: b,
      module: "smtp",
      prober: "smtp",
    });
    expect(alert?.annotations["description"]).toBe(
      `smtp to vip-b (${b}) fails: connection_refused in phase connect`,
    );
    await postfix.openListener(b);
    await untilFiring([]);
    expect(new Set(webhook.delivered.map(({ labels }) => labels["ip_resource"]))).toEqual(
      new Set(["vip-b"]),
    );
  });

  it("names the peer and every IP resource that cannot reach it", async () => {
    await postfix.closeListener(c);
    await untilFiring([
      "MtaPathFaulty vip-a -> partner",
      "MtaPathFaulty vip-b -> partner",
      "MtaPathFaulty vip-c",
    ]);
    await postfix.openListener(c);
    await untilFiring([]);
    // Four alerts in all: none was raised for a moment about anything else.
    expect(webhook.latest()).toHaveLength(4);
  });

  it("logs each failure of a path once", () => {
    const failures = agent.log().filter(({ msg }) => msg === "path down");
    const words = failures.map((line) =>
      [line["ip_resource"], line["peer"], line["phase"], line["reason"]].join(" "),
    );
    expect(words.toSorted()).toEqual([
      "vip-a partner connect connection_refused",
      "vip-b  connect connection_refused",
      "vip-b partner connect connection_refused",
      "vip-c  connect connection_refused",
    ]);
  });

  it("exports nothing that promtool objects to", async () => {
    const input = await agent.get("/metrics");
    expect(await run("promtool", ["check", "metrics"], { input })).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });
});
