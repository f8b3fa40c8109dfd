import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AgentConfig } from "../src/config/model.ts";
import { EventBus, type PathChange } from "../src/events.ts";
import { probeTypes } from "../src/probe-types.ts";
import { Probing } from "../src/probing.ts";
import { TimingWheel } from "../src/schedule/timing-wheel.ts";
import { configOf, testEnvironment } from "./config/test-environment.ts";
import { Listener } from "./support/listener.ts";
import { ManualClock } from "./support/manual-clock.ts";
import { absent, failed, FakeNames, ipv4, settled } from "./support/names.ts";
import { nextEvent } from "./support/next-event.ts";

const environment = { ...testEnvironment, probeTypes };

let listener: Listener;
let clock: ManualClock;
let bus: EventBus;
let names: FakeNames;
let probing: Probing;
/** What was emitted, as `event peer` and what it says. */
let emitted: string[];

beforeEach(async () => {
  listener = await Listener.start();
  clock = new ManualClock();
  names = new FakeNames();
  emitted = [];
  bus = new EventBus((_event, error) => {
    throw error;
  });
  const record = (text: string): unknown => emitted.push(text);
  bus.on("path.added", ({ path }) => record(`added ${path.peer}`));
  bus.on("path.removed", ({ path }) => record(`removed ${path.peer}`));
  bus.on("probe.started", ({ path }) => record(`started ${path.peer}`));
  bus.on("probe.abandoned", ({ path }) => record(`abandoned ${path.peer}`));
  bus.on("probe.missed", ({ path, runs }) => record(`missed ${path.peer} ${runs}`));
  bus.on("probe.finished", ({ path, result: { outcome, failure } }) => {
    const why = failure === null ? "" : ` ${failure.phase} ${failure.reason}`;
    return record(`finished ${path.peer} ${outcome}${why}`);
  });
  bus.on("peer.resolved", ({ peer, addresses, error }) =>
    record(`resolved ${peer} ${error ?? addresses.join(",")}`),
  );
});

afterEach(async () => {
  listener.close();
  const stopped = probing.stop();
  await settled();
  clock.advance(15_000);
  await stopped;
});

interface Given {
  readonly name: string;
  readonly host?: string;
  readonly module?: "tcp" | "smtp";
}

const NAMED: Given = { name: "named", host: "mx.example.test" };

/** Peers on the listener's port, each probed every minute from one IP resource. */
function config(peers: readonly Given[], more = ""): AgentConfig {
  const { port } = listener;
  const lines = peers.map(
    ({ name, host = "127.0.0.1", module = "tcp" }) =>
      `  - { name: ${name}, host: ${host}, outbound: [${module}], ${module}: { port: ${port} } }`,
  );
  return configOf(
    `defaults: { every: 60s, timeout: 10s }
${more}
ip_resources: [{ name: vip-a, address: 127.0.0.11 }]
peers:
${lines.join("\n")}
`,
    environment,
  );
}

async function start(given: AgentConfig): Promise<void> {
  probing = new Probing(
    { bus, clock, timers: new TimingWheel(clock), lookup: names.lookup },
    given,
  );
  await probing.apply(given);
}

/** Lets time pass up to the next result, and waits until nothing is left of its connection. */
async function nextResult(ms: number): Promise<void> {
  const finished = nextEvent(bus, "probe.finished");
  clock.advance(ms);
  await finished;
  await probing.runner.idle();
}

function change(to: "up" | "down"): PathChange {
  const [path] = probing.paths.values();
  if (path === undefined) throw new Error("there is no path");
  return { path, from: "unknown", to, failure: null, previousStateSeconds: null, atMs: 0 };
}

describe("Probing", () => {
  it("tells of a path, of the run that begins, and of how it went", async () => {
    await start(config([{ name: "one" }]));
    await nextResult(10);
    expect(emitted).toEqual(["added one", "started one", "finished one success"]);
    const [path] = probing.paths.values();
    expect(path).toMatchObject({ source: "127.0.0.11", target: "127.0.0.1" });
    expect(listener.callers).toEqual(["127.0.0.11"]);
  });

  it("runs a path again every interval", async () => {
    await start(config([{ name: "one" }]));
    await nextResult(10);
    await nextResult(120_000);
    await nextResult(60_000);
    expect(emitted.filter((text) => text.startsWith("finished"))).toHaveLength(3);
  });

  describe("when the configuration changes", () => {
    it("keeps what is probed as before, down to the object, and tells of the rest alone", async () => {
      await start(config([{ name: "one" }, { name: "two" }]));
      const [one] = probing.paths.values();
      emitted.splice(0);
      await probing.apply(config([{ name: "three" }, { name: "one" }]));
      expect(emitted).toEqual(["removed two", "added three"]);
      expect(probing.paths.get(one?.id ?? "")).toBe(one);
      expect([...probing.paths.values()].map(({ peer }) => peer)).toEqual(["three", "one"]);
    });

    it("probes by new settings under the same id", async () => {
      await start(config([{ name: "one" }]));
      const [before] = probing.paths.values();
      emitted.splice(0);
      await probing.apply(
        config([{ name: "one" }], "modules: { tcp: { prober: tcp, timeout: 1s } }"),
      );
      const [after] = probing.paths.values();
      expect(emitted).toEqual([]);
      expect(after?.id).toBe(before?.id);
      expect(after?.use.timeoutMs).toBe(1_000);
    });

    it("gives up the result of a run whose path is gone", async () => {
      await start(config([{ name: "silent", module: "smtp" }]));
      clock.advance(10);
      await vi.waitUntil(() => listener.sockets.length === 1);
      await probing.apply(config([{ name: "one" }]));
      const abandoned = nextEvent(bus, "probe.abandoned");
      listener.closeConnections();
      await abandoned;
      expect(emitted).toEqual([
        "added silent",
        "started silent",
        "removed silent",
        "added one",
        "abandoned silent",
      ]);
    });

    it("dials nothing of a path that goes while it waits for its turn", async () => {
      const slow = "limits: { probes_per_second_per_peer: 1 }";
      await start(config([{ name: "one" }, { name: "two" }], slow));
      await nextResult(200);
      const [first = ""] = emitted.flatMap((text) => /^started (.*)/.exec(text)?.[1] ?? []);
      emitted.splice(0);
      await probing.apply(config([{ name: first }], slow));
      clock.advance(30_000);
      await settled();
      expect(emitted).toEqual([first === "one" ? "removed two" : "removed one"]);
    });

    it("stays with the old one until the names of the new one are known, five seconds at most", async () => {
      await start(config([{ name: "one" }]));
      const before = probing.config;
      const applied = probing.apply(config([NAMED]));
      await settled();
      clock.advance(4_900);
      await settled();
      expect(probing.config).toBe(before);
      expect([...probing.paths.values()].map(({ peer }) => peer)).toEqual(["one"]);
      clock.advance(200);
      await applied;
      expect(emitted.slice(-3)).toEqual([
        "resolved named resolver_failed",
        "removed one",
        "added named",
      ]);
    });
  });

  describe("of a name", () => {
    it("fails in phase resolve when it does not exist", async () => {
      names.answers.set("mx.example.test", absent);
      await start(config([NAMED]));
      await nextResult(10);
      expect(emitted.at(-1)).toBe("finished named failure resolve name_not_found");
    });

    it("is inconclusive when no name server answers", async () => {
      names.answers.set("mx.example.test", failed);
      await start(config([NAMED]));
      await nextResult(10);
      expect(emitted.at(-1)).toBe("finished named inconclusive resolve resolver_failed");
    });

    it("follows its addresses: each that comes and goes is told, the others stay", async () => {
      names.answers.set("mx.example.test", ipv4(10, "127.0.0.1"));
      await start(config([NAMED]));
      const [first] = probing.paths.values();
      emitted.splice(0);
      names.answers.set("mx.example.test", ipv4(10, "127.0.0.1", "127.0.0.2"));
      clock.advance(8_000);
      await settled();
      clock.advance(100);
      expect(probing.paths.size).toBe(2);
      expect(probing.paths.get(first?.id ?? "")).toBe(first);
      names.answers.set("mx.example.test", ipv4(10, "127.0.0.2"));
      clock.advance(8_000);
      await settled();
      clock.advance(100);
      const told = emitted.filter((text) => /added|removed|resolved/.test(text));
      expect(told).toEqual([
        "resolved named 127.0.0.1,127.0.0.2",
        "added named",
        "resolved named 127.0.0.2",
        "removed named",
      ]);
    });

    it("stays, and turns inconclusive, when its answer runs out", async () => {
      names.answers.set("mx.example.test", ipv4(10, "127.0.0.1"));
      await start(config([NAMED]));
      await nextResult(10);
      const [id] = probing.paths.keys();
      names.answers.set("mx.example.test", failed);
      clock.advance(9_900);
      await settled();
      clock.advance(200);
      await nextResult(120_000);
      expect(emitted.at(-1)).toBe("finished named inconclusive resolve resolver_failed");
      expect([...probing.paths.keys()]).toEqual([id]);
    });
  });

  it("runs a failing path at its second speed until it is up again", async () => {
    await start(
      config([{ name: "one" }], "modules: { tcp: { prober: tcp, while_failing: { every: 5s } } }"),
    );
    await nextResult(10);
    bus.emit("path.changed", change("down"));
    await nextResult(5_100);
    await nextResult(5_000);
    bus.emit("path.changed", change("up"));
    clock.advance(20_000);
    await settled();
    expect(emitted.filter((text) => text.startsWith("started"))).toHaveLength(3);
  });

  it("counts what it could not begin while the process stood still, and does not catch up", async () => {
    await start(config([{ name: "one" }]));
    await nextResult(10);
    clock.stall(600_000);
    clock.advance(10);
    await settled();
    const missed = emitted.filter((text) => text.startsWith("missed"));
    const runs = missed.reduce((sum, text) => sum + Number(text.split(" ")[2]), 0);
    const begun = emitted.filter((text) => text.startsWith("started")).length - 1;
    expect(begun).toBeLessThanOrEqual(1);
    expect([9, 10]).toContain(runs + begun);
  });

  it("gives probes on demand a place within the same limits", async () => {
    await start(config([{ name: "one" }], "limits: { probes_per_second_per_peer: 1 }"));
    await nextResult(10);
    expect(probing.enter({ source: null, target: "127.0.0.1" })).toBeNull();
    clock.advance(1_000);
    expect(probing.enter({ source: null, target: "127.0.0.1" })).not.toBeNull();
  });

  describe("when it is stopped", () => {
    it("waits for the probes in flight, and begins no more", async () => {
      await start(config([{ name: "silent", module: "smtp" }]));
      clock.advance(10);
      await vi.waitUntil(() => listener.sockets.length === 1);
      let isOver = false;
      const stopping = probing.stop().then(() => {
        isOver = true;
        return isOver;
      });
      clock.advance(9_000);
      await settled();
      expect(isOver).toBe(false);
      clock.advance(2_000);
      await stopping;
      expect(emitted).toEqual([
        "added silent",
        "started silent",
        "finished silent failure banner timeout",
      ]);
      clock.advance(300_000);
      await settled();
      expect(emitted).toHaveLength(3);
    });

    it("takes no configuration over that was waiting for its names", async () => {
      await start(config([{ name: "one" }]));
      const applied = probing.apply(config([NAMED]));
      await probing.stop();
      clock.advance(10_000);
      await applied;
      clock.advance(60_000);
      await settled();
      expect(emitted).toEqual(["added one"]);
    });
  });
});
