import { describe, expect, it } from "vitest";
import { z } from "zod";
import { descriptionOf, unwrapped } from "../src/config/schema-walk.ts";
import { PHASES, REASONS } from "../src/errors.ts";
import type { FactDeclaration, ProbeType } from "../src/probe.ts";
import { probeTypes } from "../src/probe-types.ts";
import { hostilePeers } from "./golden/smtp-peers/all.ts";

/** Labels that every series of a path has already. */
const PATH_LABELS = new Set([
  "mta_cluster",
  "direction",
  "ip_resource",
  "address",
  "peer",
  "peer_address",
  "module",
  "prober",
]);

/** Ends of names that mean another type of metric than a gauge. */
const RESERVED_SUFFIX = /_(?:total|count|sum|bucket)$/;

const rows = probeTypes.map((type) => [type.type, type] as const);

/** Every key of the settings with its description, those of maps within them too. */
function settingsOf(schema: z.ZodType, above = ""): [path: string, description: string][] {
  const map = unwrapped(schema);
  if (!(map instanceof z.ZodObject)) return [];
  const fields = Object.entries<z.ZodType>(map.shape);
  return fields.flatMap(([key, field]) => {
    const path = `${above}${key}`;
    const own: [string, string] = [path, descriptionOf(field)];
    return [own].concat(settingsOf(field, `${path}.`));
  });
}

function declarations(type: ProbeType): FactDeclaration[] {
  return Object.values(type.facts);
}

describe("the probe types", () => {
  it("have names of their own, such as a configuration can hold", () => {
    const names = probeTypes.map(({ type }) => type);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z][a-z0-9]*$/.test(name))).toEqual([]);
  });

  it("declare a metric once, or every time in the same words", () => {
    const told = probeTypes
      .flatMap((type) => declarations(type))
      .map((fact) => JSON.stringify(fact));
    const names = new Set(
      probeTypes.flatMap((type) => declarations(type).map(({ metric }) => metric)),
    );
    expect(new Set(told).size).toBe(names.size);
  });
});

describe.each(rows)("the probe type %s", (_name, type) => {
  it("says what it is in a sentence", () => {
    expect(type.summary).toMatch(/^[A-Z].*\.$/);
  });

  it("describes every setting in a sentence", () => {
    const told = settingsOf(type.settings);
    expect(told.filter(([, description]) => !/^[A-Za-z].*\.$/s.test(description))).toEqual([]);
    expect(told.map(([path]) => path)).toContain("port");
  });

  it("has settings in snake case, refuses others, and needs none of them", () => {
    const paths = settingsOf(type.settings).map(([path]) => path);
    expect(paths.filter((path) => !/^[a-z][a-z0-9_.]*$/.test(path))).toEqual([]);
    expect(type.settings.safeParse({ no_such_key: 1 }).success).toBe(false);
    expect(type.settings.safeParse({}).success).toBe(true);
  });

  it("passes phases of the closed list, in their order, from connecting on", () => {
    const places = type.phases.map((phase) => PHASES.indexOf(phase));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(new Set(places).size).toBe(places.length);
    expect(type.phases.slice(0, 3)).toEqual(["resolve", "source", "connect"]);
  });

  it("has metrics with legal names, a prefix, and no suffix of another type", () => {
    const metrics = declarations(type).map(({ metric }) => metric);
    expect(metrics.filter((metric) => !/^mta_[a-z][a-z0-9_]*$/.test(metric))).toEqual([]);
    expect(metrics.filter((metric) => RESERVED_SUFFIX.test(metric))).toEqual([]);
    expect(metrics.filter((metric) => metric.startsWith("mta_probe_"))).toEqual([]);
    expect(new Set(metrics).size).toBe(metrics.length);
  });

  it("has metrics with a help in a sentence", () => {
    const helps = declarations(type).map(({ help }) => help);
    expect(helps.filter((help) => !/^[A-Z][^\n]*\.$/.test(help))).toEqual([]);
  });

  it("has metrics with legal labels beside those of the path", () => {
    const labels = declarations(type).flatMap((fact) => fact.labels ?? []);
    expect(labels.filter((label) => !/^[a-z][a-z0-9_]*$/.test(label))).toEqual([]);
    expect(labels.filter((label) => PATH_LABELS.has(label))).toEqual([]);
  });
});

describe("what is said of hostile SMTP peers", () => {
  const peers = Object.values(hostilePeers).flat();
  const findings = peers
    .flatMap(({ failure, warning }) => [failure, warning])
    .filter((one) => one !== undefined);
  const phases = probeTypes.find(({ type }) => type === "smtp")?.phases ?? [];

  it("is in the closed lists", () => {
    expect(findings.filter(([phase]) => !phases.includes(phase))).toEqual([]);
    expect(findings.filter(([, reason]) => !(reason in REASONS))).toEqual([]);
  });

  it("is never that the agent itself has failed", () => {
    expect(findings.filter(([, reason]) => REASONS[reason].origin === "local")).toEqual([]);
  });

  it("is of every phase that a peer can spoil", () => {
    const spoilt = new Set(findings.map(([phase]) => phase));
    expect([...spoilt].toSorted()).toEqual(["banner", "ehlo", "quit", "starttls", "tls"]);
  });
});
