import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Module } from "../../src/config/model.ts";
import { isSameProbe, type PathIdentity, probePath } from "../../src/inventory/probe-path.ts";
import { tcpProbe } from "../../src/probes/tcp.ts";

const identity: PathIdentity = {
  cluster: "mail1",
  direction: "outbound",
  ipResource: "vip-a",
  address: "192.0.2.10",
  peer: "partner",
  peerAddress: "198.51.100.1",
  module: "tcp",
  prober: "tcp",
};

const destination = {
  host: "mx.example.test",
  target: "198.51.100.1",
  unresolved: null,
  source: "192.0.2.10",
};

const module: Module = {
  name: "tcp",
  probeType: tcpProbe,
  schedule: { kind: "every", everyMs: 60_000 },
  whileFailingMs: null,
  timeoutMs: 10_000,
  phaseTimeoutsMs: { connect: 1_000 },
  control: false,
  settings: { port: 25 },
};

const use = { module, settings: { port: 25 } };
const path = probePath(identity, destination, use, 60_000);

describe("a path", () => {
  it("has an id and a place that follow from its labels, and never change", () => {
    expect(path).toMatchObject({ id: "4d1b13ba78d26318", intervalSeconds: 60 });
    expect(probePath({ ...identity }, destination, use, 1_000)).toMatchObject({
      id: path.id,
      offset: path.offset,
    });
  });

  it("has another id when any label differs, and when text moves from one to the next", () => {
    const labels = Object.keys(identity) as (keyof PathIdentity)[];
    const others = labels.map((label) =>
      Object.assign({}, identity, { [label]: `${identity[label]}x` }),
    );
    const moved = { ...identity, ipResource: "vip-a1", address: "92.0.2.10" };
    const ids = [identity, moved, ...others].map(
      (labelled) => probePath(labelled, destination, use, 60_000).id,
    );
    expect(new Set(ids).size).toBe(10);
  });

  it("has a place in its round from 0 up to 1", () => {
    fc.assert(
      fc.property(fc.string(), (peer) => {
        const { offset, id } = probePath({ ...identity, peer }, destination, use, 60_000);
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(offset).toBeLessThan(1);
        expect(id).toMatch(/^[0-9a-f]{16}$/);
      }),
    );
  });
});

describe("isSameProbe", () => {
  it("knows a path again that a reload has made anew", () => {
    const again = probePath(
      { ...identity },
      { ...destination },
      { module: structuredCloneOf(module), settings: { port: 25 } },
      60_000,
    );
    expect(isSameProbe(path, again)).toBe(true);
  });

  const changes: readonly (readonly [what: string, changed: Partial<typeof path>])[] = [
    ["host", { host: "mx2.example.test" }],
    ["target", { target: null }],
    ["why there is no target", { target: null, unresolved: "resolver_failed" }],
    ["settings", { settings: { port: 26 } }],
    ["schedule", { use: { ...module, schedule: { kind: "every", everyMs: 30_000 } } }],
    ["second speed", { use: { ...module, whileFailingMs: 5_000 } }],
    ["timeout", { use: { ...module, timeoutMs: 5_000 } }],
    ["timeouts of phases", { use: { ...module, phaseTimeoutsMs: {} } }],
  ];

  it.each(changes)("notices another %s", (_what, changed) => {
    expect(isSameProbe(path, { ...path, ...changed })).toBe(false);
  });

  it("does not mind an average interval that came out a little different", () => {
    expect(isSameProbe(path, { ...path, intervalSeconds: 61 })).toBe(true);
  });
});

/** The same values in other objects, but for the probe type, which is one and the same. */
function structuredCloneOf({ probeType, ...others }: Module): Module {
  return { ...structuredClone(others), probeType };
}
