import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { configEnvironment } from "../../src/commands/environment.ts";
import { probeTypes } from "../../src/probe-types.ts";

const KERNEL_FILE = "/proc/sys/net/ipv4/ip_local_port_range";

function kernelPorts(): { from: number; to: number } {
  try {
    const [from = 0, to = 0] = readFileSync(KERNEL_FILE, "utf8").split(/\s+/).map(Number);
    return { from, to };
  } catch {
    return { from: 32_768, to: 60_999 };
  }
}

describe("configEnvironment", () => {
  it("is this machine: its name, its ports, and what the agent knows", () => {
    const environment = configEnvironment();
    expect(environment.hostname).toBe(hostname());
    expect(environment.ephemeralPorts).toEqual(kernelPorts());
    expect(environment.probeTypes).toBe(probeTypes);
    expect(environment.validCron("*/15 * * * * *")).toBeNull();
    expect(environment.cronIntervalMs("*/15 * * * * *", null)).toBe(15_000);
  });
});
