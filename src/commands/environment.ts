import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { ConfigEnvironment } from "../config/environment.ts";
import type { PortRange } from "../net/source-ports.ts";
import { probeTypes } from "../probe-types.ts";
import { cronIntervalMs, validCron } from "../schedule/cron.ts";

/** Linux's default, and what is assumed where the kernel does not tell. */
const USUAL_PORTS: PortRange = { from: 32_768, to: 60_999 };

/** What a configuration is judged by on this machine. */
export function configEnvironment(): ConfigEnvironment {
  return {
    probeTypes,
    validCron,
    cronIntervalMs,
    hostname: hostname(),
    ephemeralPorts: ephemeralPorts(),
  };
}

function ephemeralPorts(): PortRange {
  try {
    const text = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8");
    const [from, to] = text.trim().split(/\s+/).map(Number);
    return from === undefined || to === undefined ? USUAL_PORTS : { from, to };
  } catch {
    return USUAL_PORTS;
  }
}
