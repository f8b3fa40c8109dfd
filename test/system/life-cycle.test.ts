import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { freePort, loopbackAddress } from "./bed/addresses.ts";
import { runMain, startAgent } from "./bed/agent.ts";
import { useBed } from "./bed/bed.ts";
import { run } from "./bed/processes.ts";
import { whyLeftOut } from "./bed/requirements.ts";
import { type SmtpPeer, startSmtpPeer } from "./bed/smtp-peer.ts";
import { until } from "./bed/until.ts";

const leftOut = await whyLeftOut("the agent as a process", { packages: [] });

/** Paths to the first addresses of a peer that listens on all of them. */
function inbound(peer: SmtpPeer, addresses: readonly string[]): object {
  return {
    defaults: { every: "1s", timeout: "3s" },
    modules: { smtp: { prober: "smtp", smtp: { port: peer.port } } },
    ip_resources: addresses.map((address, index) => ({
      name: `vip-${index}`,
      address,
      inbound: ["smtp"],
    })),
  };
}

describe.skipIf(leftOut !== null)("the agent as a process", () => {
  const bed = useBed();

  it("is ready after the first round, and ends with 0 after the probes in flight", async () => {
    const address = loopbackAddress();
    const peer = await startSmtpPeer(bed, [address]);
    peer.hold();
    const agent = await startAgent(bed, { name: "held", config: inbound(peer, [address]) });
    await until("a probe waits for its banner", () => peer.open() === 1);
    const early = await fetch(`http://${agent.address}/-/ready`);
    expect(early.status).toBe(503);
    expect((await agent.metrics()).find("mta_probe_success")).toEqual([]);

    peer.release();
    await agent.ready();
    expect((await agent.metrics()).value("mta_probe_success")).toBe(1);

    peer.hold();
    await until("another probe waits for its banner", () => peer.open() === 1);
    const completed = peer.completed(address);
    agent.running.signal("SIGTERM");
    await until("it says that it stops", () => agent.log().some(({ msg }) => msg === "stopping"));
    expect(agent.running.exit()).toBeNull();
    peer.release();
    expect(await agent.running.ended()).toEqual({ code: 0, signal: null });
    expect(peer.completed(address)).toBe(completed + 1);
    expect(peer.open()).toBe(0);
  });

  it("ends with 0 within its probes' limits when a peer never answers", async () => {
    const address = loopbackAddress();
    const peer = await startSmtpPeer(bed, [address]);
    peer.hold();
    const agent = await startAgent(bed, { name: "kept", config: inbound(peer, [address]) });
    await until("a probe waits for its banner", () => peer.open() === 1);
    agent.running.signal("SIGTERM");
    expect(await agent.running.ended()).toEqual({ code: 0, signal: null });
    expect(peer.acceptedAtMs).toHaveLength(1);
  });

  it("says which address is taken, and ends with 1", async () => {
    const address = loopbackAddress();
    const peer = await startSmtpPeer(bed, [address]);
    const first = await startAgent(bed, { name: "first", config: inbound(peer, [address]) });
    const second = await runMain([
      "run",
      `--config.file=${first.configFile}`,
      `--web.listen-address=${first.address}`,
      "--log.format=json",
    ]);
    expect(second.code).toBe(1);
    expect(second.stdout).toContain(`cannot listen on ${first.address}: another process listens`);
  });

  it("shows one broken path in its demo", async () => {
    const demo = await startAgent(bed, { name: "demo" });
    await demo.ready();
    const metrics = await demo.metrics();
    const paths = metrics.find("mta_probe_success");
    expect(paths.length).toBeGreaterThan(3);
    expect(paths.filter(({ value }) => value !== 1)).toMatchObject([
      { labels: { direction: "outbound", ip_resource: "vip-b", peer: "blocking" }, value: 0 },
    ]);
    expect(demo.running.log()).toContain(`${demo.address.split(":")[1]}/metrics`);
    demo.running.signal("SIGINT");
    expect(await demo.running.ended()).toEqual({ code: 0, signal: null });
  });

  it("tells what went wrong by the exit codes of check and probe", async () => {
    const address = loopbackAddress();
    const peer = await startSmtpPeer(bed, [address]);
    const good = join(bed.folder, "good.yml");
    const bad = join(bed.folder, "bad.yml");
    const defaults = { every: "5s", timeout: "2s" };
    writeFileSync(good, JSON.stringify({ ...inbound(peer, [address]), defaults }));
    writeFileSync(bad, "cluster: pool\nip_resource: []\nmodules:\n  smtp: { prober: smpt }\n");

    const valid = await runMain(["check", good]);
    expect(valid).toMatchObject({ code: 0, stderr: "" });
    const invalid = await runMain(["check", bad]);
    expect(invalid.code).toBe(1);
    const said = invalid.stdout + invalid.stderr;
    expect(said).toContain(`${bad}:2:1: `);
    expect(said).toContain("ip_resources");
    expect(said).toContain(`${bad}:4:19: `);

    const refused = `127.0.0.1:${await freePort()}`;
    const codes = await Promise.all(
      [
        [`${address}:${peer.port}`, "--module=smtp"],
        [refused, "--module=tcp"],
        [refused, "--module=no-such-module"],
        [refused, "--module=tcp", `--config.file=${bad}`],
        [refused],
      ].map((args) => runMain(["probe", ...args])),
    );
    expect(codes.map(({ code }) => code)).toEqual([0, 1, 2, 2, 2]);
  });

  it("blames itself and answers scrapes when it runs out of file descriptors", async () => {
    const addresses = Array.from({ length: 150 }, loopbackAddress);
    const peer = await startSmtpPeer(bed, addresses);
    const agent = await startAgent(bed, {
      name: "starved",
      config: inbound(peer, addresses),
    });
    await agent.ready();
    // Only now: to start takes more than to run.
    const limit = ["--nofile=100:100", "--pid", String(agent.running.pid)];
    expect(await run("prlimit", limit)).toMatchObject({ code: 0 });
    peer.hold();
    const inconclusive = { reason: "too_many_files" };
    await until(
      "probes are inconclusive",
      async () => {
        const metrics = await agent.metrics();
        return metrics.sum("mta_probe_failures_total", inconclusive) > 0;
      },
      { timeoutMs: 20_000 },
    );
    const scrape = async (): Promise<boolean> => {
      const headers = { connection: "close" };
      const { ok } = await fetch(`http://${agent.address}/metrics`, { headers });
      return ok;
    };
    await until("a scrape on a new connection is answered", scrape, { timeoutMs: 30_000 });
    expect(agent.running.exit()).toBeNull();
    peer.release();
    await until("every path is up again", async () => {
      const metrics = await agent.metrics();
      return metrics.sum("mta_probe_success") === addresses.length;
    });
    const metrics = await agent.metrics();
    expect(metrics.sum("mta_probes_total", { result: "inconclusive" })).toBe(
      metrics.sum("mta_probe_failures_total", inconclusive),
    );
    expect((await agent.running.stop()).code).toBe(0);
  });

  it("makes no burst and no false failure after it stood still", async () => {
    const addresses = Array.from({ length: 20 }, loopbackAddress);
    const peer = await startSmtpPeer(bed, addresses);
    const agent = await startAgent(bed, { name: "stopped", config: inbound(peer, addresses) });
    await agent.ready();
    peer.hold();
    await until("probes are in flight", () => peer.open() > 5);
    agent.running.signal("SIGSTOP");
    await setTimeout(5_000);
    const stoppedFor = peer.acceptedAtMs.length;
    peer.release();
    agent.running.signal("SIGCONT");
    await setTimeout(1_000);
    const inOneSecond = peer.acceptedAtMs.length - stoppedFor;
    expect(inOneSecond).toBeLessThanOrEqual(2 * addresses.length);
    expect(inOneSecond).toBeGreaterThan(0);

    await setTimeout(2_000);
    const metrics = await agent.metrics();
    expect(metrics.sum("mta_probes_total", { result: "failure" })).toBe(0);
    expect(metrics.sum("mta_probe_success")).toBe(addresses.length);
    expect(agent.log().filter(({ msg }) => msg === "path down")).toEqual([]);
  });
});
