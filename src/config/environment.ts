import type { ProbeType } from "../probe.ts";
import type { PortRange } from "./model.ts";

/** What a configuration is judged by beside its own text. */
export interface ConfigEnvironment {
  readonly probeTypes: readonly ProbeType[];
  /** What is wrong with a cron expression; null when nothing is. */
  readonly validCron: (expression: string) => string | null;
  /** Average time between the next runs of a valid cron expression, in milliseconds. */
  readonly cronIntervalMs: (expression: string, timezone: string | null) => number;
  /** This host's name: the node's, unless the file says otherwise. */
  readonly hostname: string;
  /** The ports that this machine's kernel hands out (`net.ipv4.ip_local_port_range`). */
  readonly ephemeralPorts: PortRange;
}
