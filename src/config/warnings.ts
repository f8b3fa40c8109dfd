import type { Burden } from "./budget.ts";
import { formatDuration } from "./duration.ts";
import type { ConfigEnvironment } from "./environment.ts";
import { overlap } from "./port-range.ts";
import type { Problems } from "./problem.ts";
import { formatRate } from "./rates.ts";

/** Warns of what is allowed and will hardly be wanted. */
export function warnOfBurden(
  burden: Burden,
  { ephemeralPorts }: Pick<ConfigEnvironment, "ephemeralPorts">,
  problems: Problems,
): void {
  const { sourcePorts } = burden.config;
  if (burden.rates.perPath.size === 0) {
    problems.warn(
      [],
      "nothing is probed: no IP resource has inbound, and no peer outbound modules",
    );
  }
  if (overlap(sourcePorts, ephemeralPorts)) {
    const own = `${ephemeralPorts.from}-${ephemeralPorts.to}`;
    const reserve = "choose others, or reserve them in net.ipv4.ip_local_reserved_ports";
    problems.warn(
      ["source_ports"],
      `has ports that the kernel hands out itself (${own}); ${reserve}`,
    );
  }
  warnOfLimits(burden, problems);
  warnOfTimeouts(burden, problems);
}

/** Paths above a limit on probes a second run late, or not in every round. */
function warnOfLimits(
  { config: { limits }, rates, ipResourcePaths, peerPaths }: Burden,
  problems: Problems,
): void {
  const perSource = { key: "probes_per_second_per_source", limit: limits.probesPerSecondPerSource };
  const perPeer = { key: "probes_per_second_per_peer", limit: limits.probesPerSecondPerPeer };
  const sides = [
    { ...perSource, rated: rates.bySource, paths: ipResourcePaths, go: "leave from this address" },
    { ...perPeer, rated: rates.byTarget, paths: ipResourcePaths, go: "go to this address" },
    { ...perPeer, rated: rates.byPeer, paths: peerPaths, go: "go to this peer" },
  ];
  for (const { key, limit, rated, paths, go } of sides) {
    for (const [name, { highest }] of rated) {
      if (highest <= limit) continue;
      const figure = `up to ${formatRate(highest)} probes a second ${go}`;
      const path = paths.get(name) ?? [];
      problems.warn(path, `${figure}, above limits.${key} (${limit}): some will be late`);
    }
  }
}

/** A probe that is still running when the next one is due makes that one be left out. */
function warnOfTimeouts({ rates }: Burden, problems: Problems): void {
  for (const [{ name, timeoutMs }, { normal }] of rates.perPath) {
    const intervalMs = 1000 / normal;
    if (timeoutMs < intervalMs) continue;
    const figures = `${formatDuration(timeoutMs)} is not below the ${formatDuration(intervalMs)} between two probes`;
    problems.warn(
      ["modules", name, "timeout"],
      `${figures}: while they time out, some are left out`,
    );
  }
}
