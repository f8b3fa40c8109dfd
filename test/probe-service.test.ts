import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import type { AgentConfig } from "../src/config/model.ts";
import { PathInventory } from "../src/inventory/paths.ts";
import type { Resolution } from "../src/inventory/resolution.ts";
import { SourcePorts } from "../src/net/source-ports.ts";
import { type Configured, ProbeService } from "../src/probe-service.ts";
import { probeTypes } from "../src/probe-types.ts";
import { defineProbe } from "../src/probe.ts";
import { Runner } from "../src/runner.ts";
import type { Journey } from "../src/schedule/dispatcher.ts";
import { TimingWheel } from "../src/schedule/timing-wheel.ts";
import type { ProbeRequest } from "../src/server/readers.ts";
import { configOf, testEnvironment } from "./config/test-environment.ts";
import { Listener } from "./support/listener.ts";
import { ManualClock } from "./support/manual-clock.ts";
import { FakeNames, found, ipv4, NOT_FOUND } from "./support/names.ts";

let clock: ManualClock;
let names: FakeNames;
let listener: Listener;
let runner: Runner;
/** Settings that the probe type `seen` was run with. */
let seen: unknown[];

beforeEach(async () => {
  clock = new ManualClock();
  names = new FakeNames();
  seen = [];
  listener = await Listener.start();
  runner = new Runner({
    clock,
    timers: new TimingWheel(clock),
    ports: new SourcePorts({ from: 61_000, to: 65_535 }),
    byteLimit: 65_536,
  });
});

afterEach(async () => {
  listener.closeConnections();
  await runner.idle();
  listener.close();
});

const seenProbe = defineProbe({
  type: "seen",
  summary: "Keeps what it was given.",
  settings: z.strictObject({ port: z.int().default(25), word: z.string().default("none") }),
  phases: ["connect"],
  facts: {},
  closesFirst: false,
  run: async (_context, settings) => {
    seen.push(settings);
    await Promise.resolve();
  },
});

interface Place extends Journey {
  readonly leave: () => void;
}

interface Given {
  /** More of the configuration. */
  readonly more?: string;
  readonly resolutions?: Readonly<Record<string, Resolution>>;
  readonly enter?: Configured["enter"];
}

function configured({ more = "", resolutions = {}, enter = () => () => {} }: Given): Configured {
  const { port } = listener;
  const environment = { ...testEnvironment, probeTypes: [...probeTypes, seenProbe] };
  const config: AgentConfig = configOf(
    `
modules:
  tcp: { prober: tcp, timeout: 2s, tcp: { port: ${port} } }
ip_resources:
  - { name: vip-a, address: 127.0.0.11 }
  - { name: vip-b, address: 127.0.0.12 }
  - { name: vip-6, address: "2001:db8::10" }
peers:
  - { name: named, host: MX.example.test, outbound: [tcp], ip_resources: [vip-a] }
  - { name: literal, host: 127.0.0.1, outbound: [tcp, seen], ip_resources: [vip-a] }
${more}`,
    environment,
  );
  const inventory = new PathInventory(config, () => 60_000);
  return { config, paths: inventory.paths(new Map(Object.entries(resolutions))), enter };
}

function service(given: Given = {}): ProbeService {
  const now = configured(given);
  return new ProbeService(runner, names.lookup, () => now);
}

function request(fields: Partial<ProbeRequest> = {}): ProbeRequest {
  return { target: "127.0.0.1", module: "tcp", timeoutMs: undefined, ...fields };
}

/** How a probe ended: by its result, or why it was not run. */
async function outcome(prober: ProbeService, fields: Partial<ProbeRequest>): Promise<string> {
  const answer = await prober.probe(request(fields));
  return answer.ok ? answer.result.outcome : answer.error;
}

describe("ProbeService", () => {
  it("probes a configured target", async () => {
    const answer = await service().probe(request());
    expect(answer).toMatchObject({ ok: true, prober: "tcp", result: { outcome: "success" } });
    expect(listener.callers).toEqual(["127.0.0.1"]);
  });

  it("says what the request has wrong", async () => {
    const prober = service();
    expect(await outcome(prober, { module: "none" })).toBe("unknown_module");
    expect(await outcome(prober, { target: "127.1" })).toBe("bad_target");
    expect(await outcome(prober, { target: "a\r\nb" })).toBe("bad_target");
    expect(await outcome(prober, { source: "127.0.0.99" })).toBe("bad_source");
    expect(await outcome(prober, { source: "vip-c" })).toBe("bad_source");
    expect(await outcome(prober, { source: "" })).toBe("bad_source");
    expect(await outcome(prober, { source: "vip-6" })).toBe("bad_source");
    expect(listener.callers).toEqual([]);
  });

  it("leaves from an IP resource, named or by its address in any notation", async () => {
    const prober = service();
    expect(await outcome(prober, { source: "vip-a" })).toBe("success");
    expect(await outcome(prober, { source: "127.0.0.12" })).toBe("success");
    expect(await outcome(prober, { source: "::ffff:127.0.0.11" })).toBe("success");
    expect(listener.callers).toEqual(["127.0.0.11", "127.0.0.12", "127.0.0.11"]);
  });

  describe("without allow_any_target", () => {
    it("refuses addresses and ports that are not configured", async () => {
      const prober = service();
      expect(await outcome(prober, { target: "127.0.0.2" })).toBe("not_allowed");
      expect(await outcome(prober, { target: "127.0.0.1:1" })).toBe("not_allowed");
      expect(await outcome(prober, { target: "[::1]:25" })).toBe("not_allowed");
      expect(listener.callers).toEqual([]);
    });

    it("knows a configured address in any notation", async () => {
      const prober = service();
      const { port } = listener;
      expect(await outcome(prober, { target: `[::ffff:127.0.0.1]:${port}` })).toBe("success");
      expect(await outcome(prober, { target: "::ffff:7f00:1" })).toBe("success");
    });

    it("decides on the address that a name has now, not on the name", async () => {
      const resolutions = {
        "MX.example.test": { addresses: ["127.0.0.1"], expired: [], omitted: 0, error: null },
      };
      const prober = service({ resolutions });
      names.answers.set("mx.example.test", ipv4(60, "127.0.0.1"));
      expect(await outcome(prober, { target: "mx.EXAMPLE.test" })).toBe("success");
      names.answers.set("mx.example.test", ipv4(60, "127.0.0.2"));
      expect(await outcome(prober, { target: "mx.example.test" })).toBe("not_allowed");
      names.answers.set("evil.example.test", ipv4(60, "169.254.169.254"));
      expect(await outcome(prober, { target: "evil.example.test" })).toBe("not_allowed");
      names.answers.set("other.example.test", ipv4(60, "127.0.0.1"));
      expect(await outcome(prober, { target: "other.example.test" })).toBe("success");
      expect(listener.callers).toHaveLength(2);
    });

    it("dials the configured one of a name's addresses", async () => {
      names.answers.set("mx.example.test", ipv4(60, "127.0.0.2", "127.0.0.1"));
      expect(await outcome(service(), { target: "mx.example.test" })).toBe("success");
      expect(listener.callers).toHaveLength(1);
    });

    it("does not dial the address of a name whose answer has run out", async () => {
      const addresses = ["127.0.0.3"];
      const expired = {
        addresses,
        expired: addresses,
        omitted: 0,
        error: "resolver_failed",
      } as const;
      const prober = service({ resolutions: { "MX.example.test": expired } });
      expect(await outcome(prober, { target: "127.0.0.3" })).toBe("not_allowed");
    });
  });

  describe("with allow_any_target", () => {
    const more = "web: { allow_any_target: true }";

    it("dials what is not configured", async () => {
      const prober = service({ more });
      expect(await outcome(prober, { target: "127.0.0.1:1" })).toBe("failure");
      expect(await outcome(prober, { target: `127.0.0.1:${listener.port}` })).toBe("success");
    });

    it.each([
      "0.0.0.0",
      "[::]",
      "[::ffff:0.0.0.0]",
      "169.254.169.254",
      "[::ffff:169.254.169.254]",
      "[fe80::1]",
      "[fe80::1%lo]",
      "224.0.0.1",
      "[ff02::1]",
      "255.255.255.255",
      "240.0.0.1",
      "[64:ff9b::a9fe:a9fe]",
    ])("still refuses %s", async (target) => {
      const enter = vi.fn<Configured["enter"]>(() => () => {});
      expect(await outcome(service({ more, enter }), { target })).toBe("not_allowed");
      expect(await outcome(service({ more, enter }), { target: `${target}:80` })).toBe(
        "not_allowed",
      );
      expect(enter).not.toHaveBeenCalled();
    });

    it("refuses them behind a name too, and takes the others that it has", async () => {
      names.answers.set("a.test", {
        ipv4: found(60, "169.254.169.254"),
        ipv6: found(60, "fe80::1"),
      });
      names.answers.set("b.test", { ipv4: found(60, "0.0.0.0", "127.0.0.1"), ipv6: NOT_FOUND });
      const prober = service({ more });
      expect(await outcome(prober, { target: "a.test" })).toBe("not_allowed");
      expect(await outcome(prober, { target: "b.test" })).toBe("success");
    });
  });

  it("uses the settings of the path from the same source, else of another one, else the module's", async () => {
    const prober = service({
      more: `
  - { name: other, host: 127.0.0.9, outbound: [seen], ip_resources: [vip-a], seen: { word: a } }
  - { name: third, host: 127.0.0.9, outbound: [seen], ip_resources: [vip-b], seen: { word: b } }
web: { allow_any_target: true }
`,
    });
    const target = "127.0.0.9";
    await prober.probe(request({ module: "seen", target, source: "vip-b" }));
    await prober.probe(request({ module: "seen", target, source: "vip-a" }));
    await prober.probe(request({ module: "seen", target }));
    await prober.probe(request({ module: "seen", target: `${target}:26` }));
    expect(seen).toEqual([
      { port: 25, word: "b" },
      { port: 25, word: "a" },
      { port: 25, word: "a" },
      { port: 26, word: "none" },
    ]);
  });

  describe("keeps to the limits on probes", () => {
    it("takes a place on the way it is going to take, and gives it back", async () => {
      const places: Place[] = [];
      const enter = (journey: Journey): (() => void) => {
        const leave = vi.fn<() => void>();
        places.push({ ...journey, leave });
        return leave;
      };
      expect(await outcome(service({ enter }), { source: "vip-a" })).toBe("success");
      expect(places).toMatchObject([{ source: "127.0.0.11", target: "127.0.0.1" }]);
      expect(places[0]?.leave).toHaveBeenCalledTimes(1);
    });

    it("says that it is overloaded when there is none, and sends nothing", async () => {
      const prober = service({ enter: () => null });
      names.answers.set("mx.example.test", ipv4(60, "127.0.0.1"));
      expect(await outcome(prober, {})).toBe("overloaded");
      expect(await outcome(prober, { target: "mx.example.test" })).toBe("overloaded");
      expect(listener.callers).toEqual([]);
    });
  });

  it.each([
    ["the module's own limit", undefined, 2_000],
    ["a shorter one of the request", 500, 500],
    ["the module's own though the request allows more", 60_000, 2_000],
  ])("ends a probe at %s", async (_what, timeoutMs, endsAtMs) => {
    const more = `
  - { name: silent, host: 127.0.0.1, outbound: [smtp], smtp: { port: ${listener.port} } }
defaults: { timeout: 2s }
`;
    const pending = service({ more }).probe(request({ module: "smtp", timeoutMs }));
    await vi.waitUntil(() => listener.callers.length === 1);
    clock.advance(endsAtMs + 10);
    const answer = await pending;
    const result = answer.ok ? answer.result : null;
    expect(result).toMatchObject({ failure: { phase: "banner", reason: "timeout" } });
    expect(result?.durationSeconds).toBeLessThanOrEqual((endsAtMs + 10) / 1_000);
    expect(result?.durationSeconds).toBeGreaterThanOrEqual(endsAtMs / 1_000);
  });
});
