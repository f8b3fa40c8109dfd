import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { loopbackAddress, smtpPort } from "./bed/addresses.ts";
import { type Agent, startAgent } from "./bed/agent.ts";
import { useBed } from "./bed/bed.ts";
import { createCertificates } from "./bed/certificates.ts";
import { type MtaOptions, startExim, startOpenSmtpd, startSendmail } from "./bed/other-mtas.ts";
import { whyLeftOut } from "./bed/requirements.ts";

const leftOut = await whyLeftOut("Exim, Sendmail and OpenSMTPD", {
  packages: [],
  abilities: ["overlay file systems"],
});

describe.skipIf(leftOut !== null)("with the MTAs of Debian beside Postfix", () => {
  const bed = useBed();
  const hosts = {
    exim: loopbackAddress(),
    demanding: loopbackAddress(),
    sendmail: loopbackAddress(),
    opensmtpd: loopbackAddress(),
  };
  let agent: Agent;

  beforeAll(async () => {
    const port = await smtpPort();
    const certificates = createCertificates(join(bed.folder, "tls"), Object.values(hosts));
    const { caFile, client, good } = certificates;
    const options = (address: string): MtaOptions => ({ address, port, tls: good });
    await Promise.all([
      startExim(bed, options(hosts.exim), { address: hosts.demanding, caFile }),
      startSendmail(bed, options(hosts.sendmail)),
      startOpenSmtpd(bed, options(hosts.opensmtpd)),
    ]);
    const tlsConfig = { ca_file: caFile };
    const identified = { ...tlsConfig, cert_file: client.certFile, key_file: client.keyFile };
    const smtp = { port, verify: true };
    const peer = (name: keyof typeof hosts, module: string): object => ({
      name: module === "smtp" ? name : module,
      host: hosts[name],
      outbound: [module],
    });
    agent = await startAgent(bed, {
      config: {
        defaults: { every: "1s", timeout: "5s" },
        modules: {
          smtp: { prober: "smtp", smtp: { ...smtp, tls_config: tlsConfig } },
          identified: { prober: "smtp", smtp: { ...smtp, tls_config: identified } },
        },
        ip_resources: [{ name: "vip-a", address: loopbackAddress() }],
        peers: [
          peer("exim", "smtp"),
          peer("sendmail", "smtp"),
          peer("opensmtpd", "smtp"),
          peer("demanding", "smtp"),
          peer("demanding", "identified"),
        ],
      },
    });
    await agent.ready();
  });

  it.each(["exim", "sendmail", "identified"])(
    "%s greets, upgrades to TLS and lets go",
    async (peer) => {
      const metrics = await agent.metrics();
      expect(metrics.value("mta_probe_success", { peer })).toBe(1);
      expect(metrics.value("mta_smtp_reply_code", { peer })).toBe(250);
      expect(metrics.value("mta_tls_certificate_ok", { peer, check: "trust" })).toBe(1);
      expect(metrics.value("mta_tls_info", { peer })).toBe(1);
      expect(
        metrics.value("mta_probe_phase_duration_seconds", { peer, phase: "tls" }),
      ).toBeGreaterThan(0);
    },
  );

  it.each([
    { peer: "opensmtpd", reason: "tls_handshake_failed", detail: /alert.*\b80\b/u },
    { peer: "demanding", reason: "client_certificate_required", detail: /alert.*\b116\b/u },
  ])("$peer offers STARTTLS and fails with $reason", async ({ peer, reason, detail }) => {
    const failure = { phase: "tls", reason };
    const metrics = await agent.metrics();
    expect(metrics.value("mta_probe_success", { peer })).toBe(0);
    expect(metrics.find("mta_probe_failure", { peer })).toMatchObject([
      { labels: failure, value: 1 },
    ]);
    const line = agent.log().find((entry) => entry["peer"] === peer);
    expect(line).toMatchObject({ msg: "path down", ...failure });
    expect(line?.["detail"]).toMatch(detail);
  });
});
