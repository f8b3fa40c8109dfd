import { isIP } from "node:net";
import type { Writable } from "node:stream";
import { loadConfig, parseConfig } from "../config/load.ts";
import { formatProblem } from "../config/problem.ts";
import type { AgentConfig, Module } from "../config/model.ts";
import { parseDuration } from "../config/duration.ts";
import { systemClock } from "../clock.ts";
import { AgentError } from "../errors.ts";
import { systemLookup } from "../inventory/lookup.ts";
import { canonicalAddress, parseTarget, type Target } from "../inventory/target.ts";
import { SourcePorts } from "../net/source-ports.ts";
import { probeOnDemand } from "../on-demand.ts";
import type { ProbeSettings } from "../probe.ts";
import { Runner } from "../runner.ts";
import { TimingWheel } from "../schedule/timing-wheel.ts";
import { configEnvironment } from "./environment.ts";
import { probeJson, probeText, type ProbeReport } from "./probe-report.ts";

export interface ProbeOptions {
  readonly module: string;
  readonly configFile?: string | undefined;
  readonly source?: string | undefined;
  readonly timeout?: string | undefined;
  readonly json: boolean;
  readonly color: boolean;
}

/**
 * One probe now. Writes a phase waterfall and the transcript, or one JSON object; returns the exit
 * code: 0 success, 1 the probe failed. Usage errors are `AgentError`s.
 */
export async function probe(target: string, options: ProbeOptions, out: Writable): Promise<number> {
  const { module, config } = moduleNamed(options);
  const parsed = parseTarget(target);
  if (parsed === null)
    throw usage(`"${target}" is no target: write HOST, HOST:PORT or [IPv6]:PORT`);
  const source = sourceOf(options.source, config);
  if (source !== null && isIP(parsed.host) !== 0 && isIP(parsed.host) !== isIP(source)) {
    throw usage(`${source} cannot reach ${parsed.host}: one is IPv4, the other IPv6`);
  }
  const settings = settingsFor(parsed, module, source, config);
  const { port } = settings;
  const timers = new TimingWheel(systemClock);
  const runner = new Runner({
    clock: systemClock,
    timers,
    ports: new SourcePorts(config.sourcePorts),
    byteLimit: config.limits.bytesPerProbe,
  });
  const { result, address } = await probeOnDemand(runner, systemLookup(), {
    host: parsed.host,
    port,
    module,
    settings,
    source,
    timeoutMs: timeoutOf(options.timeout, module),
    choose: ([first]) => first,
  });
  const report: ProbeReport = { module, source, address, port, target: parsed.host, result };
  out.write(options.json ? probeJson(report) : probeText(report, options.color));
  await runner.idle();
  timers.stop();
  return result.outcome === "success" ? 0 : 1;
}

function moduleNamed(options: ProbeOptions): { module: Module; config: AgentConfig } {
  const environment = configEnvironment();
  const loaded =
    options.configFile === undefined
      ? parseConfig("cluster: probe\n", "built-in", environment)
      : loadConfig(options.configFile, environment);
  if (!loaded.ok) {
    throw new AgentError("CONFIG_INVALID", loaded.errors.map(formatProblem).join("\n"));
  }
  const module = loaded.config.modules.get(options.module);
  if (module === undefined) {
    const names = [...loaded.config.modules.keys()].join(", ");
    throw usage(`there is no module "${options.module}": there are ${names}`);
  }
  return { module, config: loaded.config };
}

function sourceOf(text: string | undefined, config: AgentConfig): string | null {
  if (text === undefined) return null;
  const named = config.ipResources.find((resource) => resource.name === text);
  if (named !== undefined) return named.address;
  if (isIP(text) !== 0) return canonicalAddress(text);
  throw usage(`"${text}" is no source: write an address or the name of an IP resource`);
}

/** The settings with which the target is probed on schedule, from that source if any, or the module's. */
function settingsFor(
  { host, port }: Target,
  module: Module,
  source: string | null,
  { ipResources, peers }: AgentConfig,
): ProbeSettings {
  const inbound = ipResources
    .filter(({ address }) => address === host)
    .flatMap((resource) => resource.inbound.map((use) => ({ ...use, ipResource: null })));
  const outbound = peers
    .filter((peer) => peer.host.toLowerCase() === host)
    .flatMap((peer) => peer.outbound);
  const uses = [...inbound, ...outbound].filter(
    (use) => use.module === module && (port ?? use.settings.port) === use.settings.port,
  );
  const same = uses.find(({ ipResource }) => (ipResource?.address ?? null) === source);
  const found = same ?? uses[0];
  return found?.settings ?? { ...module.settings, port: port ?? module.settings.port };
}

function timeoutOf(text: string | undefined, module: Module): number {
  if (text === undefined) return module.timeoutMs;
  const timeoutMs = parseDuration(text);
  if (timeoutMs === null || timeoutMs === 0) {
    throw usage(`"${text}" is no timeout: write a duration such as 500ms or 5s`);
  }
  return timeoutMs;
}

function usage(message: string): AgentError {
  return new AgentError("USAGE", message);
}
