import { isIP } from "node:net";
import type { AgentConfig, Module } from "./config/model.ts";
import { isDialable } from "./inventory/dialable.ts";
import type { ProbePath } from "./inventory/probe-path.ts";
import type { Lookup } from "./inventory/resolution.ts";
import { canonicalAddress, parseTarget, type Target } from "./inventory/target.ts";
import { probeOnDemand } from "./on-demand.ts";
import type { ProbeSettings } from "./probe.ts";
import type { Runner } from "./runner.ts";
import type { Journey } from "./schedule/dispatcher.ts";
import type { Prober, ProbeAnswer, ProbeRefusal, ProbeRequest } from "./server/readers.ts";

/** What there is to probe at the moment, and whether there is room for one more probe. */
export interface Configured {
  readonly config: AgentConfig;
  readonly paths: ReadonlyMap<string, ProbePath>;
  /** Takes a place within the limits, to be given back by the function returned; null: none left. */
  enter(journey: Journey): (() => void) | null;
}

/**
 * Probes on demand over HTTP. Without `web.allow_any_target` only addresses and ports of the
 * configuration are dialled, and that is decided on the address, not on the name asked for. The
 * limits on probes hold for these and for those on schedule together.
 */
export class ProbeService implements Prober {
  readonly #runner: Runner;
  readonly #lookup: Lookup;
  readonly #configured: () => Configured;

  constructor(runner: Runner, lookup: Lookup, configured: () => Configured) {
    this.#runner = runner;
    this.#lookup = lookup;
    this.#configured = configured;
  }

  async probe(request: ProbeRequest): Promise<ProbeAnswer> {
    const configured = this.#configured();
    const { config, paths } = configured;
    const module = config.modules.get(request.module);
    if (module === undefined) return refusal("unknown_module");
    const target = parseTarget(request.target);
    if (target === null) return refusal("bad_target");
    const source = sourceOf(request.source, config);
    if (source === undefined || !reaches(source, target.host)) return refusal("bad_source");
    const settings = settingsFor(target, module, source, paths);
    let wrong: ProbeRefusal = "not_allowed";
    let leave = nothingTaken;
    const choose = (addresses: readonly string[]): string | null => {
      const address = addresses.find((candidate) => mayDial(candidate, settings.port, configured));
      if (address === undefined) return null;
      const place = configured.enter({ source, target: address });
      if (place === null) wrong = "overloaded";
      else leave = place;
      return place === null ? null : address;
    };
    const { result, refused } = await probeOnDemand(this.#runner, this.#lookup, {
      host: target.host,
      port: settings.port,
      module,
      settings,
      source,
      timeoutMs: Math.min(request.timeoutMs ?? module.timeoutMs, module.timeoutMs),
      choose,
    });
    leave();
    if (refused) return refusal(wrong);
    const { type, facts } = module.probeType;
    return { ok: true, prober: type, result, facts: Object.values(facts) };
  }
}

const nothingTaken = (): void => {};

const messages: Readonly<Record<ProbeRefusal, string>> = {
  unknown_module: "there is no such module",
  bad_target: "target must be HOST, HOST:PORT or [IPv6]:PORT",
  bad_source: "source must be an IP resource of the configuration, in the target's address family",
  not_allowed: "the target is not in the configuration",
  overloaded: "a limit on probes is reached: try again later",
};

function refusal(error: ProbeRefusal): ProbeAnswer {
  return { ok: false, error, message: messages[error] };
}

/** Null for the kernel's choice, undefined for what is no IP resource. */
function sourceOf(text: string | undefined, config: AgentConfig): string | null | undefined {
  if (text === undefined) return null;
  const canonical = isIP(text) === 0 ? null : canonicalAddress(text);
  return config.ipResources.find(({ name, address }) => name === text || address === canonical)
    ?.address;
}

/** Whether a source can reach a host; of a name that is not known yet. */
function reaches(source: string | null, host: string): boolean {
  return source === null || isIP(host) === 0 || isIP(host) === isIP(source);
}

/** The settings with which the target is probed on schedule, from that source if any, or the module's. */
function settingsFor(
  target: Target,
  module: Module,
  source: string | null,
  paths: ReadonlyMap<string, ProbePath>,
): ProbeSettings {
  let other: ProbeSettings | null = null;
  for (const path of paths.values()) {
    const isSame = path.host.toLowerCase() === target.host || path.target === target.host;
    if (!isSame || path.use.name !== module.name) continue;
    if (target.port !== null && target.port !== path.settings.port) continue;
    if (path.source === source) return path.settings;
    other ??= path.settings;
  }
  return other ?? { ...module.settings, port: target.port ?? module.settings.port };
}

function mayDial(address: string, port: number, { config, paths }: Configured): boolean {
  if (config.web.allowAnyTarget && isDialable(address)) return true;
  for (const path of paths.values()) {
    if (path.target === address && path.settings.port === port) return true;
  }
  return false;
}
