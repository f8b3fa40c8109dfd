import { describe, expect, it } from "vitest";
import { configOf } from "./test-environment.ts";

/** The pairs of a peer, as "module from IP resource". */
function pairs(text: string, peer: string): readonly string[] {
  const found = configOf(text).peers.find(({ name }) => name === peer);
  return (found?.outbound ?? []).map(
    ({ module, ipResource }) => `${module.name} from ${ipResource?.name ?? "node"}`,
  );
}

const resources = `
ip_resources:
  - { name: four, address: 192.0.2.10, inbound: [smtp, x400] }
  - { name: six, address: "2001:DB8:0::10" }
`;

describe("IP resources", () => {
  it("have canonical addresses and the modules that must answer", () => {
    const { ipResources } = configOf(resources);
    expect(ipResources.map(({ name, address }) => ({ name, address }))).toEqual([
      { name: "four", address: "192.0.2.10" },
      { name: "six", address: "2001:db8::10" },
    ]);
    expect(ipResources.map(({ inbound }) => inbound.map(({ module }) => module.name))).toEqual([
      ["smtp", "x400"],
      [],
    ]);
  });
});

describe("peers", () => {
  it("are probed from every IP resource", () => {
    const text = `${resources}
peers: [{ name: a, host: mta.example.org, outbound: [smtp, x400] }]`;
    expect(pairs(text, "a")).toEqual([
      "smtp from four",
      "smtp from six",
      "x400 from four",
      "x400 from six",
    ]);
  });

  it("with an address are probed from IP resources of its family", () => {
    const text = `${resources}
peers:
  - { name: a, host: "2001:DB8::0:25", outbound: [smtp] }
  - { name: b, host: 198.51.100.25, outbound: [smtp] }`;
    expect(pairs(text, "a")).toEqual(["smtp from six"]);
    expect(pairs(text, "b")).toEqual(["smtp from four"]);
    expect(configOf(text).peers.map(({ host }) => host)).toEqual(["2001:db8::25", "198.51.100.25"]);
  });

  it("can name the IP resources", () => {
    const text = `${resources}
peers: [{ name: a, host: mta.example.org, outbound: [smtp], ip_resources: [six] }]`;
    expect(pairs(text, "a")).toEqual(["smtp from six"]);
  });

  it("have control paths when the module, or the peer itself, says so", () => {
    const text = `${resources}
modules: { x400: { prober: x400, control: true } }
peers:
  - { name: a, host: mta.example.org, outbound: [smtp, x400], ip_resources: [four] }
  - { name: b, host: mta.example.org, outbound: [smtp, x400], ip_resources: [four], control: true }
  - { name: c, host: mta.example.org, outbound: [smtp, x400], ip_resources: [four], control: false }`;
    expect(pairs(text, "a")).toEqual(["smtp from four", "x400 from four", "x400 from node"]);
    expect(pairs(text, "b")).toEqual([
      "smtp from four",
      "smtp from node",
      "x400 from four",
      "x400 from node",
    ]);
    expect(pairs(text, "c")).toEqual(["smtp from four", "x400 from four"]);
  });

  it("without outbound modules have no paths, and may be out of reach", () => {
    expect(pairs(`peers: [{ name: a, host: "2001:db8::25" }]`, "a")).toEqual([]);
  });
});
