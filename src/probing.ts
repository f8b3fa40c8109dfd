import { isDeepStrictEqual } from "node:util";
import type { Clock, Timer } from "./clock.ts";
import type { AgentConfig, Schedule } from "./config/model.ts";
import { ProbeFailure, type Reason, REASONS } from "./errors.ts";
import type { EventBus } from "./events.ts";
import { NameWatch } from "./inventory/name-watch.ts";
import { hostNames, PathInventory } from "./inventory/paths.ts";
import { isSameProbe, type ProbePath } from "./inventory/probe-path.ts";
import type { Lookup, Resolution } from "./inventory/resolution.ts";
import { SourcePorts } from "./net/source-ports.ts";
import { Runner } from "./runner.ts";
import { cronIntervalMs, startCron } from "./schedule/cron.ts";
import { Dispatcher, type Journey } from "./schedule/dispatcher.ts";
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
  #inventory: PathInventory;
  #ports: SourcePorts;
  #paths: ReadonlyMap<string, ProbePath> = new Map();
  #gathering: Timer | null = null;
  /** While a configuration is taken over, the paths stay those of the one before. */
  #applying = false;
  #stopped = false;

  constructor(parts: ProbingParts, config: AgentConfig) {
    const { bus, clock, timers, lookup } = parts;
    this.#parts = parts;
    this.#config = config;
    this.#inventory = new PathInventory(config, intervalOf);
    this.#ports = new SourcePorts(config.sourcePorts);
    this.runner = new Runner({
      clock,
      timers,
      ports: this.#ports,
      byteLimit: config.limits.bytesPerProbe,
    });
    const onMissed = (path: ProbePath, runs: number): void => {
      bus.emit("probe.missed", { path, runs });
    };
    this.#dispatcher = new Dispatcher({
      clock,
      timers,
      limits: config.limits,
      run: ({ id }, latenessSeconds) => this.#run(id, latenessSeconds),
      onMissed: (path) => {
        onMissed(path, 1);
      },
    });
    this.#scheduler = new Scheduler({
      clock,
      timers,
      startCron,
      onDue: (path, dueMs) => {
        this.#dispatcher.submit(path, dueMs);
      },
      onMissed,
    });
    this.#names = new NameWatch({
      clock,
      timers,
      lookup,
      onResolved: (host, resolution, changed) => {
        this.#resolved(host, resolution, changed);
      },
    });
    bus.on("probe.finished", ({ result }) => {
      if (result.failure?.reason === "too_many_files") this.#dispatcher.easeOff();
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

  /**
   * Probes what a configuration says from now on. It is taken over as a whole once its names have
   * been looked up, which takes a few seconds at most; not to be called again before it resolves.
   */
  async apply(config: AgentConfig): Promise<void> {
    this.#applying = true;
    this.#gathering?.cancel();
    this.#gathering = null;
    await this.#names.watch(hostNames(config), config.limits.addressesPerPeer);
    this.#applying = false;
    if (this.#stopped) return;
    this.#config = config;
    this.#inventory = new PathInventory(config, intervalOf);
    this.#setLimits(config);
    for (const [host, resolution] of this.#names.resolutions()) this.#tell(host, resolution);
    this.#updatePaths();
  }

  /** Takes a place for a probe outside the schedule; null when the limits leave none now. */
  enter(journey: Journey): (() => void) | null {
    return this.#dispatcher.enter(journey);
  }

  /** Starts nothing more; resolves when the probes in flight have ended, within their limits. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#gathering?.cancel();
    this.#names.stop();
    this.#dispatcher.stop();
    this.#scheduler.stop();
    await this.runner.idle();
  }

  #setLimits({ limits, sourcePorts }: AgentConfig): void {
    this.#dispatcher.setLimits(limits);
    if (!isDeepStrictEqual(this.#ports.range, sourcePorts)) {
      this.#ports = new SourcePorts(sourcePorts);
    }
    this.runner.setLimits(this.#ports, limits.bytesPerProbe);
  }

  #resolved(host: string, resolution: Resolution, changed: boolean): void {
    if (this.#applying) return;
    this.#tell(host, resolution);
    if (!changed || this.#gathering !== null) return;
    this.#gathering = this.#parts.timers.at(this.#parts.clock.monotonicMs() + GATHER_MS, () => {
      this.#gathering = null;
      this.#updatePaths();
    });
  }

  #tell(host: string, { addresses, omitted, error }: Resolution): void {
    for (const { name } of this.#config.peers.filter((peer) => peer.host === host)) {
      this.#parts.bus.emit("peer.resolved", { peer: name, host, addresses, omitted, error });
    }
  }

  /** Works out the paths again and tells of those that came and went; the others stay as they are. */
  #updatePaths(): void {
    const { bus } = this.#parts;
    const before = this.#paths;
    const after = new Map<string, ProbePath>();
    for (const [id, path] of this.#inventory.paths(this.#names.resolutions())) {
      const known = before.get(id);
      after.set(id, known !== undefined && isSameProbe(known, path) ? known : path);
    }
    this.#paths = after;
    for (const [id, path] of before) if (!after.has(id)) bus.emit("path.removed", { path });
    for (const [id, path] of after) if (!before.has(id)) bus.emit("path.added", { path });
    this.#scheduler.update(after);
  }

  /** A path that is gone when its turn comes is not dialled any more. */
  async #run(id: string, latenessSeconds: number): Promise<void> {
    const path = this.#paths.get(id);
    if (path === undefined) return;
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
