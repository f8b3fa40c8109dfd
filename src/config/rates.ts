import type { ConfigEnvironment } from "./environment.ts";
import type { AgentConfig, Module, ModuleUse, Schedule } from "./model.ts";

/** Probes a second. */
export interface Rate {
  /** As scheduled. */
  readonly normal: number;
  /** While every path fails, where that makes them faster. */
  readonly highest: number;
}

/** What a configuration makes the agent do; a host name counts as one address. */
export interface Rates {
  readonly total: Rate;
  /** Of the probes that leave from an IP resource, by its name. */
  readonly bySource: ReadonlyMap<string, Rate>;
  /** Of the probes that go to an IP resource, by its name. */
  readonly byTarget: ReadonlyMap<string, Rate>;
  /** Of the probes that go to a peer, by its name. */
  readonly byPeer: ReadonlyMap<string, Rate>;
  /** Of one path of a module, for the modules that are used. */
  readonly perPath: ReadonlyMap<Module, Rate>;
}

const NONE: Rate = { normal: 0, highest: 0 };

/** Adds up how often everything in a configuration is probed. */
export function ratesOf(
  config: AgentConfig,
  cronIntervalMs: ConfigEnvironment["cronIntervalMs"],
): Rates {
  const intervalMs = intervals(cronIntervalMs);
  const perPath = new Map<Module, Rate>();
  const rateOf = (module: Module): Rate => {
    const known = perPath.get(module);
    if (known !== undefined) return known;
    const normal = 1000 / intervalMs(module.schedule);
    const highest = Math.max(normal, 1000 / (module.whileFailingMs ?? Infinity));
    perPath.set(module, { normal, highest });
    return { normal, highest };
  };
  const sum = (uses: readonly ModuleUse[]): Rate =>
    uses.reduce((rate, { module }) => plus(rate, rateOf(module)), NONE);
  const byTarget = new Map(config.ipResources.map(({ name, inbound }) => [name, sum(inbound)]));
  const byPeer = new Map(config.peers.map(({ name, outbound }) => [name, sum(outbound)]));
  const bySource = new Map(config.ipResources.map(({ name }) => [name, NONE]));
  for (const { outbound } of config.peers) {
    for (const { module, ipResource } of outbound) {
      if (ipResource === null) continue;
      const rate = bySource.get(ipResource.name) ?? NONE;
      bySource.set(ipResource.name, plus(rate, rateOf(module)));
    }
  }
  const total = [...byTarget.values(), ...byPeer.values()].reduce(plus, NONE);
  return { total, bySource, byTarget, byPeer, perPath };
}

/** A number of probes a second for people. */
export function formatRate(perSecond: number): string {
  return String(Number(perSecond.toPrecision(3)));
}

/** Intervals of schedules; an expression that many modules share is worked out once. */
function intervals(
  cronIntervalMs: ConfigEnvironment["cronIntervalMs"],
): (schedule: Schedule) => number {
  const known = new Map<string, number>();
  return (schedule) => {
    if (schedule.kind === "every") return schedule.everyMs;
    const { expression, timezone } = schedule;
    const key = JSON.stringify([expression, timezone]);
    const ms = known.get(key) ?? cronIntervalMs(expression, timezone);
    known.set(key, ms);
    return ms;
  };
}

function plus(a: Rate, b: Rate): Rate {
  return { normal: a.normal + b.normal, highest: a.highest + b.highest };
}
