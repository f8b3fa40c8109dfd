import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { loopbackAddress, smtpPort } from "./bed/addresses.ts";
import { type Agent, startAgent } from "./bed/agent.ts";
import { useBed } from "./bed/bed.ts";
import { createCertificates } from "./bed/certificates.ts";
import { startExim, startOpenSmtpd, startSendmail } from "./bed/other-mtas.ts";
import { whyLeftOut } from "./bed/requirements.ts";

const leftOut = await whyLeftOut("Exim, Sendmail and OpenSMTPD", {
  packages: [],
  abilities: ["overlay file systems"],
});

const families = { exim: startExim, sendmail: startSendmail, opensmtpd: startOpenSmtpd };
const names = Object.keys(families) as readonly (keyof typeof families)[];

describe.skipIf(leftOut !== null)("with the MTAs of Debian beside Postfix", () => {
  const bed = useBed();
  let agent: Agent;

  beforeAll(async () => {
    const addresses = names.map(loopbackAddress);
    const port = await smtpPort();
    const { caFile, good } = createCertificates(join(bed.folder, "tls"), addresses);
    const servers = names.map((name, index) => ({ name, address: addresses[index] ?? "" }));
    await Promise.all(
      servers.map(({ name, address }) => families[name](bed, { address, port, tls: good })),
    );
    const smtp = { port, verify: true, tls_config: { ca_file: caFile } };
    agent = await startAgent(bed, {
      config: {
        defaults: { every: "1s", timeout: "5s" },
        modules: { smtp: { prober: "smtp", smtp } },
        ip_resources: [{ name: "vip-a", address: loopbackAddress() }],
        peers: servers.map(({ name, address }) => ({ name, host: address, outbound: ["smtp"] })),
      },
    });
    await agent.ready();
  });

  it.each(["exim", "sendmail"])("%s greets, upgrades to TLS and lets go", async (peer) => {
    const metrics = await agent.metrics();
    expect(metrics.value("mta_probe_success", { peer })).toBe(1);
    expect(metrics.value("mta_smtp_reply_code", { peer })).toBe(250);
    expect(metrics.value("mta_tls_certificate_ok", { peer, check: "trust" })).toBe(1);
    expect(metrics.value("mta_tls_info", { peer })).toBe(1);
    expect(
      metrics.value("mta_probe_phase_duration_seconds", { peer, phase: "tls" }),
    ).toBeGreaterThan(0);
  });

  it("opensmtpd offers STARTTLS and answers the handshake with alert 80", async () => {
    const failure = { phase: "tls", reason: "tls_handshake_failed" };
    const metrics = await agent.metrics();
    expect(metrics.value("mta_probe_success", { peer: "opensmtpd" })).toBe(0);
    expect(metrics.find("mta_probe_failure", { peer: "opensmtpd" })).toMatchObject([
      { labels: failure, value: 1 },
    ]);
    const line = agent.log().find((entry) => entry["peer"] === "opensmtpd");
    expect(line).toMatchObject({ msg: "path down", ...failure });
    expect(line?.["detail"]).toMatch(/alert.*\b80\b/u);
  });
});
