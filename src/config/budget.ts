import type { ConfigEnvironment } from "./environment.ts";
import type { AgentConfig, PortRange } from "./model.ts";
import { portCount } from "./port-range.ts";
import type { ConfigPath, Problems } from "./problem.ts";
import { formatRate } from "./rates.ts";
import type { Rates } from "./rates.ts";

/** How long the kernel keeps the port of a connection that this side closed first. */
const TIME_WAIT_SECONDS = 60;

/** The part of an address's ports that its probes may hold. */
const PORT_SHARE = 0.05;

/** Probes a second that one source address can bear with these ephemeral ports. */
export function sourceBudget(ephemeralPorts: PortRange): number {
  return (portCount(ephemeralPorts) * PORT_SHARE) / TIME_WAIT_SECONDS;
}

/** A configuration with what it makes the agent do, and where its file has what. */
export interface Burden {
  readonly config: AgentConfig;
  readonly rates: Rates;
  readonly ipResourcePaths: ReadonlyMap<string, ConfigPath>;
  readonly peerPaths: ReadonlyMap<string, ConfigPath>;
}

/** Refuses a configuration whose probes would take the ports of the very address they watch. */
export function checkPortBudget(
  { config, rates, ipResourcePaths }: Burden,
  { ephemeralPorts }: Pick<ConfigEnvironment, "ephemeralPorts">,
  problems: Problems,
): void {
  const advice = "probe less often (schedule, every, while_failing), or fewer peers from it";
  const allowed = Math.floor(portCount(ephemeralPorts) * PORT_SHARE);
  const available = portCount(config.sourcePorts);
  for (const [name, { highest }] of rates.bySource) {
    const held = portsHeld(highest);
    const path = ipResourcePaths.get(name) ?? [];
    const figure = `up to ${formatRate(highest)} probes a second from this address hold ${held} of its ports`;
    if (held > allowed) {
      const limit = `the limit is ${allowed}, ${PORT_SHARE * 100} % of the kernel's ephemeral ports`;
      problems.add(path, `${figure}; ${limit}: ${advice}`);
    }
    if (held > available) {
      problems.add(
        path,
        `${figure}; source_ports has ${available}: ${advice}, or widen source_ports`,
      );
    }
  }
}

function portsHeld(perSecond: number): number {
  // Sums of rates such as 1/60 miss whole numbers by a hair.
  return Math.ceil(perSecond * TIME_WAIT_SECONDS - 1e-6);
}
