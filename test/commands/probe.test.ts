import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { probe, type ProbeOptions } from "../../src/commands/probe.ts";
import { type Responder, startSmtpResponder } from "../../src/demo/smtp-responder.ts";
import { Listener } from "../support/listener.ts";

const folder = mkdtempSync(join(tmpdir(), "mta-exporter-probe-"));
let peer: Responder;
const listeners: Listener[] = [];

beforeAll(async () => {
  peer = await startSmtpResponder({
    name: "mx.example.test",
    address: "127.0.0.1",
    refuses: ["127.0.0.12"],
  });
});

afterEach(() => {
  for (const listener of listeners.splice(0)) listener.close();
});

afterAll(async () => {
  await peer.close();
  rmSync(folder, { recursive: true });
});

interface Ran {
  readonly code: number;
  readonly text: string;
}

async function run(target: string, options: Partial<ProbeOptions> = {}): Promise<Ran> {
  const out = new PassThrough();
  const code = await probe(target, { module: "smtp", json: false, color: false, ...options }, out);
  return { code, text: String(out.read()) };
}

function configFile(text: string): string {
  const file = join(folder, "mta-exporter.yml");
  writeFileSync(file, text);
  return file;
}

describe("probe", () => {
  it("exits with 0 when it succeeds, and shows the phases", async () => {
    const { code, text } = await run(`127.0.0.1:${peer.port}`);
    expect(code).toBe(0);
    expect(text).toMatch(/^success: smtp to 127\.0\.0\.1 port \d+ from 127\.0\.0\.1, /);
    expect(text).toMatch(/\n {2}connect .* ms ▇+\n {2}banner .*\n {2}ehlo /);
    expect(text).toContain("← 220 mx.example.test ESMTP demo\n");
    expect(text).toContain("→ QUIT\n");
  });

  it("exits with 1 when it fails, and says where and why", async () => {
    const { code, text } = await run(`127.0.0.1:${peer.port}`, {
      source: "127.0.0.12",
      json: true,
    });
    expect(code).toBe(1);
    expect(JSON.parse(text)).toMatchObject({
      success: false,
      prober: "smtp",
      module: "smtp",
      source: "127.0.0.12",
      address: "127.0.0.1",
      port: peer.port,
      failure: { phase: "banner", reason: "rejected_permanent", origin: "peer", code: 554 },
    });
    expect(Object.keys(JSON.parse(text) as object)).toEqual([
      "success",
      "prober",
      "module",
      "source",
      "address",
      "port",
      "duration_seconds",
      "phases",
      "failure",
      "warnings",
      "info",
      "transcript",
    ]);
  });

  it("looks a name up, in phase resolve", async () => {
    const { code, text } = await run(`localhost:${peer.port}`, {
      json: true,
      module: "tcp",
      source: "127.0.0.11",
    });
    expect(code).toBe(0);
    expect(JSON.parse(text)).toMatchObject({
      source: "127.0.0.11",
      address: "127.0.0.1",
      phases: [{ phase: "resolve" }, { phase: "connect" }],
    });
  });

  it("gives up at the time limit", async () => {
    const listener = await Listener.start();
    listeners.push(listener);
    const { code, text } = await run(`127.0.0.1:${listener.port}`, { timeout: "50ms" });
    expect(code).toBe(1);
    expect(text).toContain("failed: timeout in phase banner (path)\n");
  });

  it("probes a peer of the file as the schedule does: with what is laid over the module", async () => {
    const configuration = configFile(`
modules: { mx: { prober: smtp, smtp: { ehlo_name: module.example.org, port: ${peer.port} } } }
ip_resources:
  - { name: vip-a, address: 127.0.0.11, smtp: { ehlo_name: a.example.org } }
  - { name: vip-b, address: 127.0.0.13, smtp: { ehlo_name: b.example.org } }
peers: [{ name: partner, host: LocalHost, outbound: [mx] }]
`);
    const from = { configFile: configuration, module: "mx", source: "vip-b" };
    expect((await run("localhost", from)).text).toContain("→ EHLO b.example.org\n");
    expect((await run("127.0.0.1", from)).text).toContain("→ EHLO module.example.org\n");
  });

  it("takes module, settings and IP resource from a file", async () => {
    const file = configFile(`
modules: { mx: { prober: tcp, tcp: { port: ${peer.port} } } }
ip_resources: [{ name: vip-a, address: 127.0.0.11 }]
`);
    const options = { configFile: file, module: "mx", source: "vip-a" };
    const { code, text } = await run("127.0.0.1", options);
    expect(code).toBe(0);
    expect(text).toMatch(/^success: mx to 127\.0\.0\.1 port \d+ from 127\.0\.0\.11, /);
  });

  const wrong: readonly (readonly [string, Partial<ProbeOptions>, string])[] = [
    ["127.1", {}, '"127.1" is no target: write HOST, HOST:PORT or [IPv6]:PORT'],
    ["a b", {}, '"a b" is no target: write HOST, HOST:PORT or [IPv6]:PORT'],
    ["127.0.0.1", { module: "none" }, 'there is no module "none": there are tcp, smtp'],
    ["127.0.0.1", { timeout: "5" }, '"5" is no timeout: write a duration such as 500ms or 5s'],
    ["127.0.0.1", { timeout: "0s" }, '"0s" is no timeout: write a duration such as 500ms or 5s'],
    [
      "127.0.0.1",
      { source: "vip" },
      '"vip" is no source: write an address or the name of an IP resource',
    ],
    ["127.0.0.1", { source: "::1" }, "::1 cannot reach 127.0.0.1: one is IPv4, the other IPv6"],
  ];

  it.each(wrong)("refuses %j with %j", async (target, options, message) => {
    await expect(run(target, options)).rejects.toMatchObject({ code: "USAGE", message });
  });

  it("names every error of a configuration file", async () => {
    const file = configFile("modules: { mx: { prober: smtq } }\nclster: a\n");
    await expect(run("127.0.0.1", { configFile: file })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(
        /mta-exporter\.yml:1:.*smtq[\s\S]*mta-exporter\.yml:2:1: .*cluster/,
      ) as string,
    });
  });
});
