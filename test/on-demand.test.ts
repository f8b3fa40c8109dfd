import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Module } from "../src/config/model.ts";
import type { Answer } from "../src/inventory/resolution.ts";
import { SourcePorts } from "../src/net/source-ports.ts";
import { type OnDemandProbe, probeOnDemand } from "../src/on-demand.ts";
import { tcpProbe } from "../src/probes/tcp.ts";
import { Runner } from "../src/runner.ts";
import { TimingWheel } from "../src/schedule/timing-wheel.ts";
import { Listener } from "./support/listener.ts";
import { ManualClock } from "./support/manual-clock.ts";
import { absent, failed, FAILED, FakeNames, found, ipv4, NOT_FOUND } from "./support/names.ts";

const module: Module = {
  name: "tcp",
  probeType: tcpProbe,
  schedule: { kind: "every", everyMs: 60_000 },
  whileFailingMs: null,
  timeoutMs: 10_000,
  phaseTimeoutsMs: {},
  control: false,
  settings: { port: 25 },
};

let clock: ManualClock;
let runner: Runner;
let names: FakeNames;
let listener: Listener;

beforeEach(async () => {
  clock = new ManualClock();
  names = new FakeNames();
  listener = await Listener.start();
  runner = new Runner({
    clock,
    timers: new TimingWheel(clock),
    ports: new SourcePorts({ from: 61_000, to: 65_535 }),
    byteLimit: 65_536,
  });
});

afterEach(async () => {
  await runner.idle();
  listener.close();
});

type Given = Partial<OnDemandProbe> & Pick<OnDemandProbe, "host">;

function probe(given: Given) {
  const { port } = listener;
  return probeOnDemand(runner, names.lookup, {
    port,
    module,
    settings: { port },
    source: null,
    timeoutMs: 2_000,
    choose: ([first]) => first,
    ...given,
  });
}

/** What is offered to choose from, of a name with such an answer. */
async function offered(answer: Answer, source: string | null = null) {
  names.answers.set("mx.example.test", answer);
  const choose = vi.fn<OnDemandProbe["choose"]>(() => null);
  const { result } = await probe({ host: "mx.example.test", source, choose });
  return { addresses: choose.mock.calls[0]?.[0], failure: result.failure };
}

describe("a probe on demand", () => {
  it("dials an address as it is, and looks nothing up", async () => {
    const { result, address, refused } = await probe({ host: "127.0.0.1", source: "127.0.0.11" });
    expect(result).toMatchObject({ outcome: "success", phases: [{ phase: "connect" }] });
    expect({ address, refused }).toEqual({ address: "127.0.0.1", refused: false });
    expect(names.asked).toEqual([]);
    expect(listener.callers).toEqual(["127.0.0.11"]);
  });

  it("looks a name up first, in phase resolve, and dials what was chosen", async () => {
    names.answers.set("mx.example.test", ipv4(60, "127.0.0.2", "127.0.0.1"));
    const { result, address } = await probe({
      host: "mx.example.test",
      choose: (addresses) => addresses.find((candidate) => candidate === "127.0.0.1") ?? null,
    });
    expect(result.phases.map(({ phase }) => phase)).toEqual(["resolve", "connect"]);
    expect(result.outcome).toBe("success");
    expect(address).toBe("127.0.0.1");
  });

  it("sends nothing when no address may be dialled", async () => {
    names.answers.set("mx.example.test", ipv4(60, "127.0.0.1"));
    const choose = vi.fn<OnDemandProbe["choose"]>(() => null);
    expect(await probe({ host: "mx.example.test", choose })).toMatchObject({ refused: true });
    expect(await probe({ host: "127.0.0.1", choose })).toMatchObject({ refused: true });
    expect(listener.callers).toEqual([]);
  });

  const both: Answer = {
    ipv4: found(60, "192.0.2.2", "192.0.2.1"),
    ipv6: found(60, "2001:db8::1"),
  };

  it("offers IPv4 addresses before IPv6 ones, and those alone that the source can reach", async () => {
    expect(await offered(both)).toMatchObject({
      addresses: ["192.0.2.2", "192.0.2.1", "2001:db8::1"],
    });
    expect(await offered(both, "127.0.0.11")).toMatchObject({
      addresses: ["192.0.2.2", "192.0.2.1"],
    });
    expect(await offered(both, "::1")).toMatchObject({ addresses: ["2001:db8::1"] });
    expect(await offered({ ...both, ipv6: FAILED })).toMatchObject({
      addresses: ["192.0.2.2", "192.0.2.1"],
    });
  });

  it("tells a name without an address from a name server without an answer", async () => {
    const reasonOf = async (answer: Answer, source: string | null) =>
      (await offered(answer, source)).failure?.reason;
    const onlyIpv4 = { ipv4: found(60, "192.0.2.1"), ipv6: NOT_FOUND };
    expect(await reasonOf(absent, null)).toBe("name_not_found");
    expect(await reasonOf(failed, null)).toBe("resolver_failed");
    expect(await reasonOf({ ipv4: NOT_FOUND, ipv6: FAILED }, null)).toBe("resolver_failed");
    expect(await reasonOf({ ipv4: NOT_FOUND, ipv6: FAILED }, "127.0.0.11")).toBe("name_not_found");
    expect((await offered(onlyIpv4, "::1")).failure).toMatchObject({
      phase: "resolve",
      reason: "name_not_found",
      detail: "mx.example.test has no IPv6 address",
    });
  });

  it("chooses nothing any more when the answer comes after its time", async () => {
    const answers: ((answer: Answer) => void)[] = [];
    const choose = vi.fn<OnDemandProbe["choose"]>(([first]) => first);
    const pending = probeOnDemand(runner, () => new Promise((resolve) => answers.push(resolve)), {
      host: "mx.example.test",
      port: listener.port,
      module,
      settings: { port: listener.port },
      source: null,
      timeoutMs: 500,
      choose,
    });
    clock.advance(600);
    const { result, refused } = await pending;
    expect(result.failure).toMatchObject({ phase: "resolve", reason: "resolver_failed" });
    expect(refused).toBe(false);
    answers[0]?.(ipv4(60, "127.0.0.1"));
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(choose).not.toHaveBeenCalled();
    expect(listener.callers).toEqual([]);
  });
});
