import { checkPortBudget } from "./budget.ts";
import type { Burden } from "./budget.ts";
import { readIpResources } from "./ip-resources.ts";
import type { AgentConfig, Limits, MetricsConfig } from "./model.ts";
import { ModuleUses } from "./module-uses.ts";
import { readModules } from "./modules.ts";
import { readPeers } from "./peers.ts";
import { parsePortRange } from "./port-range.ts";
import { ratesOf } from "./rates.ts";
import { section } from "./reading.ts";
import type { Reading } from "./reading.ts";
import { isName, NAME_TEXT } from "./values.ts";
import { warnOfBurden } from "./warnings.ts";
import { quoted } from "./problem.ts";

/**
 * The configuration that a file stands for: defaults applied, references found, settings laid over
 * each other. It is complete only when no problem was found; until then it holds what is sound, so
 * that all problems come to light at once.
 */
export function resolveConfig(reading: Reading): AgentConfig {
  const { problems, environment } = reading;
  const modules = readModules(reading);
  const uses = new ModuleUses(problems);
  const ipResources = readIpResources(reading, modules, uses);
  const peers = readPeers(reading, modules, ipResources, uses);
  const { allow_any_target } = section(reading, "web");
  const config: AgentConfig = {
    cluster: section(reading, "cluster"),
    node: nodeName(reading),
    modules: new Map([...modules.drafts].map(([name, { module }]) => [name, module])),
    ipResources: ipResources.sources.map(({ resource }) => resource),
    peers: peers.map(({ peer }) => peer),
    limits: limitsOf(reading),
    sourcePorts: parsePortRange(section(reading, "source_ports")) ?? { from: 0, to: 0 },
    metrics: metricsOf(reading),
    web: { allowAnyTarget: allow_any_target },
    alerting: section(reading, "alerting"),
  };
  const burden: Burden = {
    config,
    rates: ratesOf(config, environment.cronIntervalMs),
    ipResourcePaths: new Map(ipResources.sources.map((it) => [it.resource.name, it.path])),
    peerPaths: new Map(peers.map(({ peer, path }) => [peer.name, path])),
  };
  checkPortBudget(burden, environment, problems);
  warnOfBurden(burden, environment, problems);
  return config;
}

function nodeName(reading: Reading): string {
  const { problems, environment } = reading;
  const node = section(reading, "node") ?? environment.hostname;
  if (!isName(node)) {
    problems.add(
      ["node"],
      `the host name ${quoted(node)} cannot be used: set node to ${NAME_TEXT}`,
    );
  }
  return node;
}

function limitsOf(reading: Reading): Limits {
  const limits = section(reading, "limits");
  return {
    probesInFlight: limits.probes_in_flight,
    probesPerSecondPerSource: limits.probes_per_second_per_source,
    probesPerSecondPerPeer: limits.probes_per_second_per_peer,
    bytesPerProbe: limits.bytes_per_probe,
    addressesPerPeer: limits.addresses_per_peer,
    series: limits.series,
  };
}

function metricsOf(reading: Reading): MetricsConfig {
  const { duration_buckets } = section(reading, "metrics");
  return { durationBuckets: duration_buckets === "off" ? [] : duration_buckets };
}
