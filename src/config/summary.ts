import { sourceBudget } from "./budget.ts";
import type { ConfigEnvironment } from "./environment.ts";
import type { AgentConfig } from "./model.ts";
import { formatRate, ratesOf } from "./rates.ts";
import type { Rate } from "./rates.ts";

/** Source addresses that are listed, the busiest first. */
const LISTED_SOURCES = 20;

/**
 * What a configuration makes the agent do, as lines of text: paths by direction and probes a
 * second, in all and from each IP resource. A peer's name counts as one address, whatever it
 * resolves to.
 */
export function summary(
  config: AgentConfig,
  { cronIntervalMs, ephemeralPorts }: Pick<ConfigEnvironment, "cronIntervalMs" | "ephemeralPorts">,
): string {
  const { total, bySource } = ratesOf(config, cronIntervalMs);
  const inbound = config.ipResources.reduce((count, it) => count + it.inbound.length, 0);
  const outbound = config.peers.flatMap((peer) => peer.outbound);
  const control = outbound.filter(({ ipResource }) => ipResource === null).length;
  const controls = control === 0 ? "" : `, ${control} of them control paths`;
  const lines = [
    `${inbound + outbound.length} paths: ${inbound} inbound, ${outbound.length} outbound${controls}`,
    `${rateText(total)} in all`,
  ];
  const addresses = new Map(config.ipResources.map(({ name, address }) => [name, address]));
  const busiest = [...bySource]
    .filter(([, { highest }]) => highest > 0)
    .toSorted(([, a], [, b]) => b.highest - a.highest);
  const budget = formatRate(sourceBudget(ephemeralPorts));
  for (const [name, rate] of busiest.slice(0, LISTED_SOURCES)) {
    const from = `${name} (${addresses.get(name)})`;
    lines.push(`${rateText(rate)} from ${from}; its ports allow ${budget}`);
  }
  const omitted = busiest.length - LISTED_SOURCES;
  if (omitted > 0) lines.push(`as many or fewer from each of ${omitted} more IP resources`);
  return lines.join("\n");
}

function rateText({ normal, highest }: Rate): string {
  const failing = highest > normal ? ` (${formatRate(highest)} while all fail)` : "";
  return `${formatRate(normal)} probes a second${failing}`;
}
