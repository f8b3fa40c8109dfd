import { describe, expect, it } from "vitest";
import { z } from "zod";
import { laidOver, overlaySchema } from "../../src/config/overlay.ts";
import { configOf } from "./test-environment.ts";

const settings = z.strictObject({
  port: z.int().default(25),
  required: z.string(),
  tls: z
    .strictObject({ name: z.string().optional(), version: z.enum(["a", "b"]).default("a") })
    .prefault({}),
  selector: z
    .union([z.strictObject({ text: z.string() }), z.strictObject({ hex: z.string() })])
    .optional(),
});

describe("overlaySchema", () => {
  const overlay = overlaySchema(settings);

  it("needs no key and adds no default", () => {
    expect(overlay.parse({})).toEqual({});
    expect(overlay.parse({ tls: {} })).toEqual({ tls: {} });
  });

  it("is as strict as the settings", () => {
    expect(overlay.safeParse({ prot: 25 }).success).toBe(false);
    expect(overlay.safeParse({ tls: { nmae: "x" } }).success).toBe(false);
    expect(overlay.safeParse({ port: "25" }).success).toBe(false);
  });
});

describe("laidOver", () => {
  it("merges maps key by key", () => {
    const under = { required: "a", tls: { name: "x", version: "b" } };
    expect(laidOver(settings, under, { port: 26, tls: { name: "y" } })).toEqual({
      required: "a",
      port: 26,
      tls: { name: "y", version: "b" },
    });
  });

  it("replaces an alternative as a whole", () => {
    const under = { selector: { text: "p1" } };
    expect(laidOver(settings, under, { selector: { hex: "00" } })).toEqual({
      selector: { hex: "00" },
    });
  });

  it("changes nothing of what lies below", () => {
    const under = { tls: { name: "x" } };
    laidOver(settings, under, { tls: { name: "y" } });
    expect(under).toEqual({ tls: { name: "x" } });
  });
});

describe("settings of a path", () => {
  const { ipResources, peers } = configOf(`
modules:
  smtp: { prober: smtp, smtp: { port: 26, starttls: required } }
  x400: { prober: x400, x400: { called: { transport_selector: { text: p1 }, session_selector: { hex: "0001" } } } }
ip_resources:
  - name: plain
    address: 192.0.2.10
    inbound: [smtp]
  - name: named
    address: 192.0.2.11
    inbound: [smtp]
    smtp: { ehlo_name: b.example.org, port: 27 }
peers:
  - name: partner
    host: mta.example.org
    outbound: [smtp, x400]
    control: true
    smtp: { port: 28 }
    x400: { called: { transport_selector: { text: "591" } } }
`);
  const outbound = peers[0]?.outbound ?? [];
  const settingsFrom = (module: string, ipResource: string | null): unknown =>
    outbound.find(
      (use) => use.module.name === module && (use.ipResource?.name ?? null) === ipResource,
    )?.settings;

  it("inbound are the module's with the IP resource's over them", () => {
    expect(ipResources.map(({ inbound }) => inbound[0]?.settings)).toMatchObject([
      { port: 26, starttls: "required" },
      { port: 27, starttls: "required", ehlo_name: "b.example.org" },
    ]);
  });

  it("outbound have the peer's on top", () => {
    expect(settingsFrom("smtp", "plain")).toMatchObject({ port: 28, starttls: "required" });
    expect(settingsFrom("smtp", "named")).toMatchObject({ port: 28, ehlo_name: "b.example.org" });
    expect(settingsFrom("x400", "plain")).toMatchObject({
      port: 102,
      called: { transport_selector: { text: "591" }, session_selector: { hex: "0001" } },
    });
  });

  it("of a control path have nothing of an IP resource", () => {
    expect(settingsFrom("smtp", null)).toEqual({
      port: 28,
      starttls: "required",
      tls_config: { min_version: "TLS12" },
    });
  });

  it("are one object for all paths that share them", () => {
    expect(settingsFrom("x400", "plain")).toBe(settingsFrom("x400", "named"));
  });
});
