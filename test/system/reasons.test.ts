import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Phase, Reason } from "../../src/errors.ts";
import { loopbackAddress, smtpPort } from "./bed/addresses.ts";
import { type Agent, runMain, startAgent } from "./bed/agent.ts";
import { useBed } from "./bed/bed.ts";
import { createCertificates, EXPIRED_AT } from "./bed/certificates.ts";
import { createNetwork, type Host, NAMESPACE_PACKAGES } from "./bed/namespaces.ts";
import { POSTFIX_PACKAGES, startPostfix } from "./bed/postfix.ts";
import { untilServing } from "./bed/processes.ts";
import { whyLeftOut } from "./bed/requirements.ts";

/** What goes wrong with a peer, and how it has to be reported. */
interface Fault {
  readonly peer: string;
  readonly phase: Phase;
  readonly reason: Reason;
  readonly origin: "local" | "path" | "peer";
}

interface Reported {
  readonly phase: unknown;
  readonly reason: unknown;
}

/** Where the agent says how a path failed. */
interface Reports {
  readonly success: number | undefined;
  readonly inconclusive: number;
  readonly metrics: readonly Reported[];
  readonly log: readonly Reported[];
  readonly probe: Reported & { readonly origin: unknown };
  readonly exitCode: number;
}

/** What a path to a peer says of itself, and what a single probe of the same says. */
async function reportsOf(
  peer: string,
  agent: Agent,
  probe: { readonly target: string; readonly source?: string; readonly host?: Host },
): Promise<Reports> {
  const metrics = await agent.metrics();
  const args = ["probe", probe.target, "--module=smtp", `--config.file=${agent.configFile}`];
  if (probe.source !== undefined) args.push(`--source=${probe.source}`);
  const { code, stdout } = await runMain(
    [...args, "--json"],
    probe.host === undefined ? {} : { host: probe.host },
  );
  const { failure } = JSON.parse(stdout) as { readonly failure: Reports["probe"] };
  const { phase, reason, origin } = failure;
  return {
    success: metrics.value("mta_probe_success", { peer }),
    inconclusive: metrics.sum("mta_probes_total", { peer, result: "inconclusive" }),
    metrics: metrics
      .find("mta_probe_failure", { peer })
      .filter(({ value }) => value === 1)
      .map(({ labels }) => ({ phase: labels["phase"], reason: labels["reason"] })),
    log: agent
      .log()
      .filter((line) => line["peer"] === peer && line.msg === "path down")
      .map((line) => ({ phase: line["phase"], reason: line["reason"] })),
    probe: { phase, reason, origin },
    exitCode: code,
  };
}

/** Every place says the same, and nothing else. */
function reportsFor({ phase, reason, origin }: Fault): Reports {
  return {
    success: 0,
    inconclusive: 0,
    metrics: [{ phase, reason }],
    log: [{ phase, reason }],
    probe: { phase, reason, origin },
    exitCode: 1,
  };
}

/** Starts a peer that accepts connections and says nothing. */
async function startSilentPeer(host: Host, ports: readonly number[]): Promise<void> {
  const program = `
    for (const port of [${ports.join()}]) {
      const server = require("net").createServer((socket) => socket.on("error", () => {}));
      server.listen(port, "${host.address}", () => console.log("listening"));
    }
  `;
  const peer = host.start({ name: "peer", command: process.execPath, args: ["--eval", program] });
  await untilServing(
    peer,
    "listens",
    () => peer.log().match(/listening/gu)?.length === ports.length,
  );
}

const networkLeftOut = await whyLeftOut("faults of a network", {
  packages: NAMESPACE_PACKAGES,
  abilities: ["network namespaces"],
});

describe.skipIf(networkLeftOut !== null)("on a network", () => {
  const bed = useBed();
  const absent = "10.77.0.99";
  const ports = { answering: 2501, refusing: 2502, dropping: 2503, silent: 2504, rejecting: 2505 };
  let agent: Agent;
  let here: Host;
  let there: Host;

  beforeAll(async () => {
    const network = await createNetwork(bed, ["agent", "peer"]);
    here = network.agent;
    there = network.peer;
    await startSilentPeer(there, [ports.answering, ports.silent]);
    await there.filterInput(`tcp dport ${ports.dropping} drop`);
    await there.filterInput(`tcp dport ${ports.rejecting} reject with icmpx type admin-prohibited`);
    const peer = (name: keyof typeof ports, vip: string): object => ({
      name,
      host: there.address,
      outbound: ["smtp"],
      ip_resources: [vip],
      smtp: { port: ports[name] },
    });
    agent = await startAgent(bed, {
      host: here,
      config: {
        defaults: { every: "1s", timeout: "1s" },
        modules: { smtp: { prober: "smtp" } },
        ip_resources: [
          { name: "vip-here", address: here.address },
          { name: "vip-absent", address: absent },
        ],
        peers: [
          peer("answering", "vip-absent"),
          peer("refusing", "vip-here"),
          peer("dropping", "vip-here"),
          peer("silent", "vip-here"),
          peer("rejecting", "vip-here"),
        ],
      },
    });
    await agent.ready();
  });

  it.each<Fault & { readonly peer: keyof typeof ports; readonly source?: string }>([
    {
      peer: "answering",
      source: "vip-absent",
      phase: "source",
      reason: "address_not_available",
      origin: "local",
    },
    { peer: "refusing", phase: "connect", reason: "connection_refused", origin: "path" },
    { peer: "dropping", phase: "connect", reason: "timeout", origin: "path" },
    { peer: "rejecting", phase: "connect", reason: "host_unreachable", origin: "path" },
    { peer: "silent", phase: "banner", reason: "timeout", origin: "path" },
  ])("reports $reason in phase $phase", async (fault) => {
    const target = `${there.address}:${ports[fault.peer]}`;
    const source = fault.source ?? "vip-here";
    expect(await reportsOf(fault.peer, agent, { target, source, host: here })).toEqual(
      reportsFor(fault),
    );
  });
});

const postfixLeftOut = await whyLeftOut("faults of STARTTLS in Postfix", {
  packages: POSTFIX_PACKAGES,
});

describe.skipIf(postfixLeftOut !== null)("with Postfix", () => {
  const bed = useBed();
  const addresses = {
    expired: loopbackAddress(),
    "not-yet-valid": loopbackAddress(),
    "wrong-name": loopbackAddress(),
    "self-signed": loopbackAddress(),
    demanding: loopbackAddress(),
    plain: loopbackAddress(),
    "expiring-soon": loopbackAddress(),
  };
  let agent: Agent;

  beforeAll(async () => {
    const port = await smtpPort();
    const certificates = createCertificates(join(bed.folder, "tls"), Object.values(addresses));
    const tls = {
      expired: certificates.expired,
      "not-yet-valid": certificates.notYetValid,
      "wrong-name": certificates.wrongName,
      "self-signed": certificates.selfSigned,
      demanding: certificates.good,
      plain: null,
      "expiring-soon": certificates.expiringSoon,
    };
    const peers = Object.entries(addresses).map(([name, address]) => ({
      name: name as keyof typeof addresses,
      address,
    }));
    await Promise.all(
      peers.map(({ name, address }) =>
        startPostfix(bed, {
          name,
          addresses: [address],
          port,
          tls: tls[name],
          ...(name === "demanding" ? { clientCaFile: certificates.caFile } : {}),
        }),
      ),
    );
    const smtp = {
      port,
      starttls: "required",
      verify: true,
      tls_config: { ca_file: certificates.caFile },
    };
    agent = await startAgent(bed, {
      config: {
        defaults: { every: "1s", timeout: "10s" },
        modules: { smtp: { prober: "smtp", smtp } },
        ip_resources: [{ name: "vip-a", address: loopbackAddress() }],
        peers: peers.map(({ name, address }) => ({ name, host: address, outbound: ["smtp"] })),
      },
    });
    await agent.ready();
  });

  it.each<Fault & { readonly peer: keyof typeof addresses }>([
    { peer: "expired", phase: "tls", reason: "certificate_expired", origin: "peer" },
    { peer: "not-yet-valid", phase: "tls", reason: "certificate_not_yet_valid", origin: "peer" },
    { peer: "wrong-name", phase: "tls", reason: "certificate_name_mismatch", origin: "peer" },
    { peer: "self-signed", phase: "tls", reason: "certificate_untrusted", origin: "peer" },
    // Postfix lets the handshake pass and answers 421 to whatever is said after it.
    { peer: "demanding", phase: "ehlo", reason: "rejected_transient", origin: "peer" },
    { peer: "plain", phase: "starttls", reason: "starttls_missing", origin: "peer" },
  ])("reports a peer that is $peer as $reason", async (fault) => {
    expect(await reportsOf(fault.peer, agent, { target: addresses[fault.peer] })).toEqual(
      reportsFor(fault),
    );
  });

  it("exports what is wrong with a certificate check by check", async () => {
    const metrics = await agent.metrics();
    const checks = (peer: string): readonly (number | undefined)[] =>
      ["time", "trust", "name"].map((check) =>
        metrics.value("mta_tls_certificate_ok", { peer, check }),
      );
    expect(checks("expired")).toEqual([0, 1, 1]);
    expect(checks("not-yet-valid")).toEqual([0, 1, 1]);
    expect(checks("wrong-name")).toEqual([1, 1, 0]);
    expect(checks("self-signed")).toEqual([1, 0, 1]);
    expect(checks("plain")).toEqual([undefined, undefined, undefined]);
  });

  it("exports when a certificate ends, also of one that is good for three more days", async () => {
    const metrics = await agent.metrics();
    const endOf = (peer: string): number =>
      metrics.value("mta_tls_certificate_not_after_timestamp_seconds", { peer }) ?? NaN;
    expect(endOf("expired")).toBe(EXPIRED_AT.getTime() / 1000);
    expect(metrics.value("mta_probe_success", { peer: "expiring-soon" })).toBe(1);
    expect((endOf("expiring-soon") - Date.now() / 1000) / 86_400).toBeCloseTo(3, 1);
  });
});
