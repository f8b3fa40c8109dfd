import { describe, expect, it } from "vitest";
import { summary } from "../../src/config/summary.ts";
import { configOf, testEnvironment } from "./test-environment.ts";

describe("summary", () => {
  it("counts paths and probes a second, busiest address first", () => {
    const config = configOf(`
defaults: { every: 10s, while_failing: { every: 5s }, timeout: 1s }
ip_resources:
  - { name: vip-a, address: 192.0.2.10, inbound: [smtp] }
  - { name: vip-b, address: 192.0.2.11, inbound: [smtp] }
  - { name: vip-c, address: 192.0.2.12 }
peers:
  - { name: a, host: a.example.org, outbound: [smtp], ip_resources: [vip-a, vip-b], control: true }
  - { name: b, host: b.example.org, outbound: [smtp], ip_resources: [vip-b] }
`);
    expect(summary(config, testEnvironment)).toBe(
      `6 paths: 2 inbound, 4 outbound, 1 of them control paths
0.6 probes a second (1.2 while all fail) in all
0.2 probes a second (0.4 while all fail) from vip-b (192.0.2.11); its ports allow 23.5
0.1 probes a second (0.2 while all fail) from vip-a (192.0.2.10); its ports allow 23.5`,
    );
  });

  it("lists the busiest addresses of many", () => {
    const resources = Array.from(
      { length: 22 },
      (_, index) => `  - { name: vip-${index}, address: 192.0.2.${index + 1} }\n`,
    );
    const config = configOf(`ip_resources:\n${resources.join("")}
peers: [{ name: a, host: a.example.org, outbound: [smtp] }]`);
    const lines = summary(config, testEnvironment).split("\n");
    expect(lines).toHaveLength(23);
    expect(lines.at(-1)).toBe("as many or fewer from each of 2 more IP resources");
  });

  it("of nothing is short", () => {
    expect(summary(configOf(""), testEnvironment)).toBe(
      "0 paths: 0 inbound, 0 outbound\n0 probes a second in all",
    );
  });
});
