import type { AgentConfig, Module } from "./config/model.ts";
import type { Lookup } from "./inventory/resolution.ts";
import type { ProbePath } from "./inventory/probe-path.ts";
import { canonicalAddress, isDialable, parseTarget, type Target } from "./inventory/target.ts";
import { probeOnDemand } from "./on-demand.ts";
import type { ProbeSettings } from "./probe.ts";
import type { Runner } from "./runner.ts";
import type { Prober, ProbeAnswer, ProbeRefusal, ProbeRequest } from "./server/readers.ts";

/** What there is to probe at the moment. */
export interface Configured {
  readonly config: AgentConfig;
  readonly paths: ReadonlyMap<string, ProbePath>;
}

/**
 * Probes on demand over HTTP. Without `web.allow_any_target` only addresses and ports of the
 * configuration are dialled, and that is decided on the address, not on the name asked for.
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
    const { config, paths } = this.#configured();
    const module = config.modules.get(request.module);
    if (module === undefined) return refusal("unknown_module", "there is no such module");
    const target = parseTarget(request.target);
    if (target === null)
      return refusal("bad_target", "target must be HOST, HOST:PORT or [IPv6]:PORT");
    const source = sourceOf(request.source, config);
    if (source === undefined) {
      return refusal("bad_source", "source must be an IP resource of the configuration");
    }
    const settings = settingsFor(target, module, paths);
    const { result, refused } = await probeOnDemand(this.#runner, this.#lookup, {
      host: target.host,
      port: settings.port,
      module,
      settings,
      source,
      timeoutMs: Math.min(request.timeoutMs ?? module.timeoutMs, module.timeoutMs),
      permit: (address) =>
        isConfigured(address, settings.port, paths) ||
        (config.web.allowAnyTarget && isDialable(address)),
    });
    if (refused) {
      return refusal("not_allowed", "the target is not in the configuration");
    }
    const facts = Object.values(module.probeType.facts);
    return { ok: true, prober: module.probeType.type, result, facts };
  }
}

function refusal(error: ProbeRefusal, message: string): ProbeAnswer {
  return { ok: false, error, message };
}

/** Null for the kernel's choice, undefined for what is no IP resource. */
function sourceOf(text: string | undefined, config: AgentConfig): string | null | undefined {
  if (text === undefined) return null;
  const resource = config.ipResources.find(
    ({ name, address }) => name === text || address === canonicalOrNull(text),
  );
  return resource?.address;
}

function canonicalOrNull(text: string): string | null {
  try {
    return canonicalAddress(text);
  } catch {
    return null;
  }
}

/** The settings with which the target is probed on schedule, or the module's own. */
function settingsFor(
  target: Target,
  module: Module,
  paths: ReadonlyMap<string, ProbePath>,
): ProbeSettings {
  for (const { use, host, target: address, settings } of paths.values()) {
    const fits = use.name === module.name && (host === target.host || address === target.host);
    if (fits && (target.port === null || target.port === settings.port)) return settings;
  }
  return { ...module.settings, port: target.port ?? module.settings.port };
}

function isConfigured(
  address: string,
  port: number,
  paths: ReadonlyMap<string, ProbePath>,
): boolean {
  for (const path of paths.values()) {
    if (path.target === address && path.settings.port === port) return true;
  }
  return false;
}
