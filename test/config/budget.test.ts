import { describe, expect, it } from "vitest";
import { sourceBudget } from "../../src/config/budget.ts";
import { ratesOf } from "../../src/config/rates.ts";
import { configOf, errorsOf, testEnvironment, warningsOf } from "./test-environment.ts";

const { cronIntervalMs } = testEnvironment;

/** One IP resource and one peer, with a module of this pace. */
function withPace(pace: string, more = ""): string {
  return `
modules: { m: { prober: smtp, timeout: 1ms, ${pace} } }
ip_resources: [{ name: vip-a, address: 192.0.2.10, inbound: [m] }]
peers: [{ name: partner, host: mta.example.org, outbound: [m] }]
limits: { probes_per_second_per_source: 1000, probes_per_second_per_peer: 1000 }
${more}`;
}

describe("ratesOf", () => {
  it.each([
    ["every: 2s", 0.5, 0.5],
    ['schedule: "*/15 * * * * *"', 1 / 15, 1 / 15],
    ['schedule: "* * * * *"', 1 / 60, 1 / 60],
    ["every: 2s, while_failing: { every: 500ms }", 0.5, 2],
    ["every: 2s, while_failing: { every: 1m }", 0.5, 0.5],
  ])("%s", (pace, normal, highest) => {
    const { bySource, byPeer, byTarget, total } = ratesOf(configOf(withPace(pace)), cronIntervalMs);
    expect(bySource.get("vip-a")?.normal).toBeCloseTo(normal);
    expect(bySource.get("vip-a")?.highest).toBeCloseTo(highest);
    expect(byPeer.get("partner")).toEqual(bySource.get("vip-a"));
    expect(byTarget.get("vip-a")).toEqual(bySource.get("vip-a"));
    expect(total.highest).toBeCloseTo(2 * highest);
  });

  it("works out an expression once, however many modules have it", () => {
    const modules = Array.from(
      { length: 9 },
      (_, i) => `  m${i}: { prober: smtp, timezone: ${i < 5 ? "UTC" : "Asia/Aden"} }\n`,
    );
    const names = modules.map((_, i) => `m${i}`).join(", ");
    const config = configOf(`
defaults: { schedule: "0 * * * *" }
modules:
${modules.join("")}
ip_resources: [{ name: vip-a, address: 192.0.2.10, inbound: [${names}] }]`);
    const asked: string[] = [];
    ratesOf(config, (expression, timezone) => {
      asked.push(`${expression} ${timezone}`);
      return 3_600_000;
    });
    expect(asked).toEqual(["0 * * * * UTC", "0 * * * * Asia/Aden"]);
  });

  it("counts a control path for the peer and for no source", () => {
    const config = configOf(withPace("every: 1s, control: true"));
    const { bySource, byPeer } = ratesOf(config, cronIntervalMs);
    expect(bySource.get("vip-a")?.normal).toBe(1);
    expect(byPeer.get("partner")?.normal).toBe(2);
  });
});

describe("the port budget", () => {
  it("is 5 % of the ephemeral ports in 60 seconds", () => {
    expect(sourceBudget({ from: 32_768, to: 60_999 })).toBeCloseTo(23.53, 2);
  });

  it("is kept to the last probe", () => {
    // 1411 ports in 60 seconds are a probe each 42.52 ms.
    expect(errorsOf(withPace("every: 43ms"))).toEqual([]);
    expect(errorsOf(withPace("every: 42ms"))).toHaveLength(1);
  });

  it("adds up rates without the error of their fractions", () => {
    const peers = Array.from(
      { length: 60 },
      (_, i) => `  - { name: p${i}, host: p${i}.example.org, outbound: [m] }\n`,
    );
    const text = `
modules: { m: { prober: smtp, every: 7s, timeout: 1s } }
source_ports: 61000-61513
ip_resources: [{ name: vip-a, address: 192.0.2.10 }]
peers:
${peers.join("")}`;
    // 60 peers each 7 s hold 514.29 ports: 515.
    expect(errorsOf(text)).toHaveLength(1);
    expect(errorsOf(text.replace("7s", "6s").replace("61513", "61599"))).toEqual([]);
  });

  it("counts what a failing path does", () => {
    expect(errorsOf(withPace("every: 1m, while_failing: { every: 42ms }"))).toHaveLength(1);
  });

  it("follows the machine's own range", () => {
    const ephemeralPorts = { from: 32_768, to: 33_967 };
    expect(errorsOf(withPace("every: 1s"), { ...testEnvironment, ephemeralPorts })).toEqual([]);
    expect(errorsOf(withPace("every: 900ms"), { ...testEnvironment, ephemeralPorts })).toEqual([
      "3:16: ip_resources[0]: up to 1.11 probes a second from this address hold 67 of its ports; " +
        "the limit is 60, 5 % of the kernel's ephemeral ports: probe less often (schedule, every, while_failing), or fewer peers from it",
    ]);
  });

  it("does not count probes that come in, or leave from the node's own address", () => {
    const text = `
modules: { m: { prober: smtp, every: 10ms, timeout: 1ms, control: true } }
ip_resources: [{ name: vip-a, address: 192.0.2.10, inbound: [m] }]`;
    expect(errorsOf(text)).toEqual([]);
  });
});

describe("warnings", () => {
  it("name a timeout that outlasts the interval", () => {
    const text = `
modules: { m: { prober: smtp, every: 5s } }
ip_resources: [{ name: vip-a, address: 192.0.2.10, inbound: [m] }]`;
    expect(warningsOf(text)).toEqual([
      "2:12: modules.m.timeout: 10s is not below the 5s between two probes: while they time out, some are left out",
    ]);
  });

  it("do not mind a timeout that outlasts the interval of a failing path", () => {
    const text = `
modules: { m: { prober: smtp, every: 15s, while_failing: { every: 5s } } }
ip_resources: [{ name: vip-a, address: 192.0.2.10, inbound: [m] }]`;
    expect(warningsOf(text)).toEqual([]);
  });

  it("name whoever is probed faster than a limit allows", () => {
    const text = `
defaults: { every: 100ms, timeout: 50ms }
ip_resources: [{ name: vip-a, address: 192.0.2.10, inbound: [smtp] }]
peers: [{ name: partner, host: mta.example.org, outbound: [smtp] }]
limits: { probes_per_second_per_source: 9, probes_per_second_per_peer: 8 }`;
    const late = "some will be late";
    expect(warningsOf(text)).toEqual([
      `3:16: ip_resources[0]: up to 10 probes a second leave from this address, above limits.probes_per_second_per_source (9): ${late}`,
      `3:16: ip_resources[0]: up to 10 probes a second go to this address, above limits.probes_per_second_per_peer (8): ${late}`,
      `4:9: peers[0]: up to 10 probes a second go to this peer, above limits.probes_per_second_per_peer (8): ${late}`,
    ]);
  });

  it("name source ports that the kernel hands out itself", () => {
    expect(warningsOf(withPace("every: 1s", "source_ports: 60900-61100"))).toEqual([
      "6:15: source_ports: has ports that the kernel hands out itself (32768-60999); " +
        "choose others, or reserve them in net.ipv4.ip_local_reserved_ports",
    ]);
  });
});
