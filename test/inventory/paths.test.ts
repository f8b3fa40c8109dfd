import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { AgentConfig } from "../../src/config/model.ts";
import { hostNames, PathInventory } from "../../src/inventory/paths.ts";
import type { ProbePath } from "../../src/inventory/probe-path.ts";
import type { Resolution } from "../../src/inventory/resolution.ts";
import { probeTypes } from "../../src/probe-types.ts";
import { configOf, testEnvironment } from "../config/test-environment.ts";

const environment = { ...testEnvironment, probeTypes };

function config(text: string): AgentConfig {
  return configOf(`cluster: mail1\n${text}`, environment);
}

function resolved(...addresses: readonly string[]): Resolution {
  return { addresses, expired: [], omitted: 0, error: null };
}

function paths(text: string, names: Readonly<Record<string, Resolution>> = {}): ProbePath[] {
  const inventory = new PathInventory(config(text), () => 60_000);
  return [...inventory.paths(new Map(Object.entries(names))).values()];
}

/** A path as `direction ip_resource(address)>peer(peer_address) module target[:why]`. */
function shown(path: ProbePath): string {
  const { direction, ipResource, address, peer, peerAddress, module, target, unresolved } = path;
  const why = unresolved === null ? "" : `:${unresolved}`;
  return `${direction} ${ipResource}(${address})>${peer}(${peerAddress}) ${module} ${target}${why}`;
}

const TWO_RESOURCES = `
ip_resources:
  - { name: vip-a, address: 192.0.2.10 }
  - { name: vip-b, address: 192.0.2.11 }
`;

function idsWith(peers: readonly string[]): string[] {
  return paths(`${TWO_RESOURCES}\npeers:\n${peers.join("\n")}\n`)
    .map(({ id }) => id)
    .toSorted();
}

describe("paths", () => {
  it("are IP resources × peers × modules, and inbound ones for each IP resource", () => {
    const all = paths(`
ip_resources:
  - { name: vip-a, address: 192.0.2.10, inbound: [smtp, tcp] }
  - { name: vip-b, address: 192.0.2.11 }
peers:
  - { name: one, host: 198.51.100.1, outbound: [smtp, tcp] }
  - { name: two, host: 198.51.100.2, outbound: [tcp], ip_resources: [vip-b] }
`);
    expect(all.map(shown)).toEqual([
      "inbound vip-a(192.0.2.10)>() smtp 192.0.2.10",
      "inbound vip-a(192.0.2.10)>() tcp 192.0.2.10",
      "outbound vip-a(192.0.2.10)>one(198.51.100.1) smtp 198.51.100.1",
      "outbound vip-b(192.0.2.11)>one(198.51.100.1) smtp 198.51.100.1",
      "outbound vip-a(192.0.2.10)>one(198.51.100.1) tcp 198.51.100.1",
      "outbound vip-b(192.0.2.11)>one(198.51.100.1) tcp 198.51.100.1",
      "outbound vip-b(192.0.2.11)>two(198.51.100.2) tcp 198.51.100.2",
    ]);
    expect(all[0]).toMatchObject({ cluster: "mail1", prober: "smtp", source: null });
    expect(all[6]).toMatchObject({ source: "192.0.2.11", intervalSeconds: 60 });
  });

  it("leave from no address of the configuration on a control path", () => {
    const all = paths(`${TWO_RESOURCES}
peers:
  - { name: one, host: 198.51.100.1, outbound: [tcp], ip_resources: [vip-a], control: true }
`);
    expect(all.map(shown)).toEqual([
      "outbound vip-a(192.0.2.10)>one(198.51.100.1) tcp 198.51.100.1",
      "outbound ()>one(198.51.100.1) tcp 198.51.100.1",
    ]);
    expect(all[1]?.source).toBeNull();
  });

  it("go to every address of a name, each in the family of its source, a control path to all", () => {
    const all = paths(
      `
ip_resources:
  - { name: v4, address: 192.0.2.10 }
  - { name: v6, address: "2001:db8::10" }
peers:
  - { name: one, host: mx.example.test, outbound: [tcp], control: true }
`,
      { "mx.example.test": resolved("198.51.100.1", "198.51.100.2", "2001:db8:1::1") },
    );
    expect(all.map(shown)).toEqual([
      "outbound v4(192.0.2.10)>one(198.51.100.1) tcp 198.51.100.1",
      "outbound v4(192.0.2.10)>one(198.51.100.2) tcp 198.51.100.2",
      "outbound v6(2001:db8::10)>one(2001:db8:1::1) tcp 2001:db8:1::1",
      "outbound ()>one(198.51.100.1) tcp 198.51.100.1",
      "outbound ()>one(198.51.100.2) tcp 198.51.100.2",
      "outbound ()>one(2001:db8:1::1) tcp 2001:db8:1::1",
    ]);
    expect(all.every(({ host }) => host === "mx.example.test")).toBe(true);
  });

  const NAMED = `${TWO_RESOURCES}
peers:
  - { name: one, host: mx.example.test, outbound: [tcp] }
`;

  it("fail in phase resolve, one for each source, when the name has no address", () => {
    const error = "name_not_found";
    const none: Resolution = { addresses: [], expired: [], omitted: 0, error };
    expect(paths(NAMED, { "mx.example.test": none }).map(shown)).toEqual([
      "outbound vip-a(192.0.2.10)>one() tcp null:name_not_found",
      "outbound vip-b(192.0.2.11)>one() tcp null:name_not_found",
    ]);
  });

  it("exist before any answer, and say that the resolver failed", () => {
    const error = "resolver_failed";
    const none: Resolution = { addresses: [], expired: [], omitted: 0, error };
    expect(paths(NAMED, { "mx.example.test": none }).map(shown)).toEqual([
      "outbound vip-a(192.0.2.10)>one() tcp null:resolver_failed",
      "outbound vip-b(192.0.2.11)>one() tcp null:resolver_failed",
    ]);
  });

  it("stay with an address that has run out, but do not dial it", () => {
    const half: Resolution = {
      ...resolved("198.51.100.1", "198.51.100.2"),
      expired: ["198.51.100.1"],
    };
    const before = paths(NAMED, { "mx.example.test": resolved("198.51.100.1", "198.51.100.2") });
    const after = paths(NAMED, { "mx.example.test": half });
    expect(after.slice(0, 2).map(shown)).toEqual([
      "outbound vip-a(192.0.2.10)>one(198.51.100.1) tcp null:resolver_failed",
      "outbound vip-a(192.0.2.10)>one(198.51.100.2) tcp 198.51.100.2",
    ]);
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  });

  it("carry the settings that the place they are used in lays over the module", () => {
    const all = paths(`
modules:
  m: { prober: smtp, smtp: { port: 2525, ehlo_name: probe.example.org } }
ip_resources:
  - { name: vip-a, address: 192.0.2.10, inbound: [m], smtp: { ehlo_name: a.example.org } }
peers:
  - { name: one, host: 198.51.100.1, outbound: [m], smtp: { port: 26 } }
`);
    expect(all.map(({ settings }) => settings)).toMatchObject([
      { port: 2525, ehlo_name: "a.example.org" },
      { port: 26, ehlo_name: "a.example.org" },
    ]);
  });

  it("have the same ids in any order of the file, and after a reload", () => {
    const lines = [
      "  - { name: one, host: 198.51.100.1, outbound: [smtp, tcp] }",
      "  - { name: two, host: 198.51.100.2, outbound: [tcp, smtp] }",
      "  - { name: three, host: 198.51.100.3, outbound: [tcp] }",
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(lines, { minLength: 3 }), (shuffled) => {
        expect(idsWith(shuffled)).toEqual(idsWith(lines));
      }),
      { numRuns: 10 },
    );
    expect(new Set(idsWith(lines)).size).toBe(10);
  });

  it("are worked out again only where a name has changed", () => {
    const given = config(`${TWO_RESOURCES}
peers:
  - { name: one, host: a.example.test, outbound: [tcp] }
  - { name: two, host: b.example.test, outbound: [tcp] }
  - { name: three, host: 198.51.100.3, outbound: [tcp] }
`);
    const intervalOf = vi.fn<() => number>(() => 60_000);
    const inventory = new PathInventory(given, intervalOf);
    const a = resolved("198.51.100.1");
    const first = inventory.paths(new Map([["a.example.test", a]]));
    const b = resolved("198.51.100.2");
    const names = new Map([
      ["a.example.test", a],
      ["b.example.test", b],
    ]);
    const second = inventory.paths(names);
    expect(first.size).toBe(4);
    expect(second.size).toBe(6);
    for (const [id, path] of first) expect(second.get(id)).toBe(path);
    expect(intervalOf).toHaveBeenCalledTimes(1);
  });
});

describe("hostNames", () => {
  it("are the hosts of peers that are probed and are no addresses, each once", () => {
    const given = config(`${TWO_RESOURCES}
peers:
  - { name: one, host: a.example.test, outbound: [tcp] }
  - { name: two, host: a.example.test, outbound: [smtp] }
  - { name: three, host: 198.51.100.3, outbound: [tcp] }
  - { name: four, host: b.example.test }
`);
    expect([...hostNames(given)]).toEqual(["a.example.test"]);
  });
});
