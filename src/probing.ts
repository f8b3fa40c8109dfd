import { isDeepStrictEqual } from "node:util";
import type { Clock, Timer } from "./clock.ts";
import type { AgentConfig, Schedule } from "./config/model.ts";
import { ProbeFailure, type Reason, REASONS } from "./errors.ts";
import type { EventBus } from "./events.ts";
import { NameWatch } from "./inventory/name-watch.ts";
import { hostNames, pathsOf } from "./inventory/paths.ts";
import { isSameProbe, type ProbePath } from "./inventory/probe-path.ts";
import type { Lookup, Resolution } from "./inventory/resolution.ts";
import { SourcePorts } from "./net/source-ports.ts";
import { Runner } from "./runner.ts";
import { cronIntervalMs, startCron } from "./schedule/cron.ts";
import { Dispatcher } from "./schedule/dispatcher.ts";
import { Scheduler } from "./schedule/scheduler.ts";
import type { TimingWheel } from "./schedule/timing-wheel.ts";

/** What probing needs from outside. */
export interface ProbingParts {
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly timers: TimingWheel;
  readonly lookup: Lookup;
}

/** Names that change together (a zone reloaded) make one update of the paths. */
const GATHER_MS = 50;

/**
 * From configuration to events: keeps the paths that exist, runs each when it is due, and emits
 * what happens. It knows nothing of who listens.
 */
export class Probing {
  readonly runner: Runner;
  readonly #parts: ProbingParts;
  readonly #names: NameWatch;
  readonly #scheduler: Scheduler<ProbePath>;
  readonly #dispatcher: Dispatcher<ProbePath>;
  #config: AgentConfig;
  #ports: SourcePorts;
  #paths: ReadonlyMap<string, ProbePath> = new Map();
  #gathering: Timer | null = null;

  constructor(parts: ProbingParts, config: AgentConfig) {
    const { bus, clock, timers, lookup } = parts;
    this.#parts = parts;
    this.#config = config;
    this.#ports = new SourcePorts(config.sourcePorts);
    this.runner = new Runner({
      clock,
      timers,
      ports: this.#ports,
      byteLimit: config.limits.bytesPerProbe,
    });
    this.#dispatcher = new Dispatcher({
      clock,
      timers,
      limits: config.limits,
      run: (path, latenessSeconds) => this.#run(path, latenessSeconds),
      onMissed: (path) => {
        bus.emit("probe.missed", { path });
      },
    });
    this.#scheduler = new Scheduler({
      clock,
      timers,
      startCron,
      onDue: (path, dueMs) => {
        this.#dispatcher.submit(path, dueMs);
      },
    });
    this.#names = new NameWatch({
      clock,
      timers,
      lookup,
      addressLimit: () => this.#config.limits.addressesPerPeer,
      onResolved: (host, resolution, changed) => {
        this.#resolved(host, resolution, changed);
      },
    });
    bus.on("path.changed", ({ path, to }) => {
      const current = this.#paths.get(path.id);
      if (current !== undefined) this.#scheduler.setFailing(current, to === "down");
    });
  }

  get config(): AgentConfig {
    return this.#config;
  }

  get paths(): ReadonlyMap<string, ProbePath> {
    return this.#paths;
  }

  /** Probes what a configuration says from now on; resolves when its names have been looked up. */
  async apply(config: AgentConfig): Promise<void> {
    this.#config = config;
    await this.#names.watch(hostNames(config));
    this.#dispatcher.setLimits(config.limits);
    const { sourcePorts, limits } = config;
    if (!isDeepStrictEqual(this.#ports.range, sourcePorts)) {
      this.#ports = new SourcePorts(sourcePorts);
    }
    this.runner.setLimits(this.#ports, limits.bytesPerProbe);
    this.#updatePaths();
  }

  /** Starts nothing more; resolves when the probes in flight have ended, within their limits. */
  async stop(): Promise<void> {
    this.#gathering?.cancel();
    this.#names.stop();
    this.#dispatcher.stop();
    this.#scheduler.stop();
    await this.runner.idle();
  }

  #resolved(host: string, resolution: Resolution, changed: boolean): void {
    const { addresses, omitted, error } = resolution;
    for (const { name } of this.#config.peers.filter((peer) => peer.host === host)) {
      this.#parts.bus.emit("peer.resolved", { peer: name, host, addresses, omitted, error });
    }
    if (!changed || this.#gathering !== null) return;
    this.#gathering = this.#parts.timers.at(this.#parts.clock.monotonicMs() + GATHER_MS, () => {
      this.#gathering = null;
      this.#updatePaths();
    });
  }

  /** Works out the paths again and tells of those that came and went; the others stay as they are. */
  #updatePaths(): void {
    const { bus } = this.#parts;
    const before = this.#paths;
    const after = new Map<string, ProbePath>();
    const wanted = pathsOf(this.#config, this.#names.resolutions(), intervalOf);
    for (const [id, path] of wanted) {
      const known = before.get(id);
      after.set(id, known !== undefined && isSameProbe(known, path) ? known : path);
    }
    this.#paths = after;
    for (const [id, path] of before) if (!after.has(id)) bus.emit("path.removed", { path });
    for (const [id, path] of after) if (!before.has(id)) bus.emit("path.added", { path });
    this.#scheduler.update(after);
  }

  async #run(path: ProbePath, latenessSeconds: number): Promise<void> {
    const { bus } = this.#parts;
    bus.emit("probe.started", { path, latenessSeconds });
    const result = await this.runner.run({
      type: path.use.probeType,
      settings: path.settings,
      target: {
        host: path.host,
        address: path.target,
        port: path.settings.port,
        source: path.source,
        resolve: () => Promise.reject(notResolved(path.host, path.unresolved ?? "name_not_found")),
      },
      timeoutMs: path.use.timeoutMs,
      phaseTimeoutsMs: path.use.phaseTimeoutsMs,
    });
    if (this.#paths.has(path.id)) bus.emit("probe.finished", { path, result });
    else bus.emit("probe.abandoned", { path });
  }
}

function notResolved(host: string, reason: Reason): ProbeFailure {
  return new ProbeFailure(reason, `${host}: ${REASONS[reason].meaning}`, null, "resolve");
}

function intervalOf(schedule: Schedule): number {
  return schedule.kind === "every"
    ? schedule.everyMs
    : cronIntervalMs(schedule.expression, schedule.timezone);
}
