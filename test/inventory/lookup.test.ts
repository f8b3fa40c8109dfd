import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { systemLookup } from "../../src/inventory/lookup.ts";
import { DnsServer, type Name } from "../support/dns-server.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { FAILED, found, NOT_FOUND, settled } from "../support/names.ts";

const folder = mkdtempSync(join(tmpdir(), "mta-exporter-hosts-"));
const noHosts = join(folder, "missing");
const servers: DnsServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function dns(names: Readonly<Record<string, Name>>): Promise<DnsServer> {
  const server = await DnsServer.start(names);
  servers.push(server);
  return server;
}

async function lookup(names: Readonly<Record<string, Name>>) {
  const { address } = await dns(names);
  return systemLookup({ servers: [address], hostsFile: noHosts });
}

describe("systemLookup", () => {
  it("asks for both families, and keeps each one's addresses and shortest TTL", async () => {
    const look = await lookup({
      "mx.example.test": {
        a: { addresses: ["192.0.2.2", "192.0.2.1"], ttlSeconds: 300 },
        aaaa: { addresses: ["2001:db8::25"], ttlSeconds: 60 },
      },
    });
    expect(await look("mx.example.test")).toEqual({
      ipv4: found(300, "192.0.2.2", "192.0.2.1"),
      ipv6: found(60, "2001:db8::25"),
    });
  });

  it("knows an address by one text: an IPv4-mapped one is the IPv4 address", async () => {
    const look = await lookup({
      "mx.example.test": {
        aaaa: {
          addresses: ["2001:0db8:0000:0000:0000:0000:0000:0025", "::ffff:192.0.2.1"],
          ttlSeconds: 60,
        },
      },
    });
    expect(await look("mx.example.test")).toEqual({
      ipv4: NOT_FOUND,
      ipv6: found(60, "2001:db8::25", "192.0.2.1"),
    });
  });

  it("tells a name that does not exist, or has other records only, from a failure", async () => {
    const look = await lookup({
      "txt.example.test": {},
      "broken.example.test": { a: "servfail", aaaa: "servfail" },
    });
    expect(await look("nowhere.example.test")).toEqual({ ipv4: NOT_FOUND, ipv6: NOT_FOUND });
    expect(await look("txt.example.test")).toEqual({ ipv4: NOT_FOUND, ipv6: NOT_FOUND });
    expect(await look("broken.example.test")).toEqual({ ipv4: FAILED, ipv6: FAILED });
  });

  it("keeps the answer of one family when the other fails", async () => {
    const look = await lookup({
      "mx.example.test": { a: { addresses: ["192.0.2.1"], ttlSeconds: 60 }, aaaa: "servfail" },
    });
    expect(await look("mx.example.test")).toEqual({ ipv4: found(60, "192.0.2.1"), ipv6: FAILED });
  });

  it("has failed when no name server answers in five seconds", async () => {
    const { address } = await dns({ "mx.example.test": { a: "silence", aaaa: "silence" } });
    const clock = new ManualClock();
    const look = systemLookup({ servers: [address], hostsFile: noHosts, clock });
    const answer = look("mx.example.test");
    await vi.waitUntil(() => clock.timers === 1);
    clock.advance(4_999);
    expect(await Promise.race([answer, settled()])).toBeUndefined();
    clock.advance(1);
    expect(await answer).toEqual({ ipv4: FAILED, ipv6: FAILED });
  });

  it("answers other names while one gets no answer, and leaves no timer behind", async () => {
    const { address } = await dns({
      "silent.example.test": { a: "silence", aaaa: "silence" },
      "mx.example.test": { a: { addresses: ["192.0.2.1"], ttlSeconds: 60 } },
    });
    const clock = new ManualClock();
    const look = systemLookup({ servers: [address], hostsFile: noHosts, clock });
    void look("silent.example.test");
    expect(await look("mx.example.test")).toEqual({
      ipv4: found(60, "192.0.2.1"),
      ipv6: NOT_FOUND,
    });
    expect(clock.timers).toBe(1);
  });

  it("asks for a few names at a time, and for those behind names without an answer", async () => {
    const hosts = Array.from({ length: 120 }, (_, index) => `h${index}.example.test`);
    const record: Name = { a: { addresses: ["192.0.2.1"], ttlSeconds: 60 } };
    const silence: Name = { a: "silence", aaaa: "silence" };
    const server = await dns(
      Object.fromEntries(hosts.map((host, index) => [host, index < 50 ? silence : record])),
    );
    const clock = new ManualClock();
    const look = systemLookup({ servers: [server.address], hostsFile: noHosts, clock });
    const answers = Promise.all(hosts.map((host) => look(host)));
    await vi.waitUntil(() => clock.timers === 50);
    clock.advance(5_000);
    const [first, ...others] = await answers;
    expect(first).toEqual({ ipv4: FAILED, ipv6: FAILED });
    expect(others.at(-1)).toEqual({ ipv4: found(60, "192.0.2.1"), ipv6: NOT_FOUND });
    expect(others.filter(({ ipv4 }) => "error" in ipv4)).toHaveLength(49);
  });

  it("believes the hosts file first, by its own families, and asks no name server then", async () => {
    const server = await dns({ "mx.example.test": { a: "servfail", aaaa: "servfail" } });
    const hostsFile = join(folder, "hosts");
    writeFileSync(hostsFile, "192.0.2.9 MX.example.test\n");
    const look = systemLookup({ servers: [server.address], hostsFile });
    expect(await look("mx.Example.test")).toEqual({
      ipv4: found(60, "192.0.2.9"),
      ipv6: NOT_FOUND,
    });
    expect(server.asked).toEqual([]);
  });
});
