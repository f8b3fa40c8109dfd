import { hostname } from "node:os";
import { pathAlert } from "./alerts/path-alert.ts";
import { systemClock } from "./clock.ts";
import type { LoadedConfig } from "./config/load.ts";
import type { AgentConfig } from "./config/model.ts";
import { formatProblem } from "./config/problem.ts";
import { PathStates } from "./diagnosis/path-states.ts";
import { AgentError } from "./errors.ts";
import { EventBus } from "./events.ts";
import { AlertmanagerExporter } from "./exporters/alertmanager/exporter.ts";
import { History } from "./exporters/history.ts";
import { logEvents } from "./exporters/log.ts";
import type { AgentLog } from "./exporters/logger.ts";
import { PrometheusExporter } from "./exporters/prometheus/exporter.ts";
import { systemLookup } from "./inventory/lookup.ts";
import { PathViews } from "./path-views.ts";
import { ProbeService } from "./probe-service.ts";
import { probeTypes } from "./probe-types.ts";
import { Probing } from "./probing.ts";
import { Readiness } from "./readiness.ts";
import { TimingWheel } from "./schedule/timing-wheel.ts";
import type { Lifecycle, ReloadAnswer } from "./server/readers.ts";
import { type RunningServer, startServer } from "./server/server.ts";
import { VERSION } from "./version.ts";

export interface AgentOptions {
  /** Reads the configuration, at the start and at each reload. */
  readonly load: () => LoadedConfig;
  readonly listenAddresses: readonly string[];
  readonly telemetryPath: string;
  readonly webConfigFile: string | undefined;
  /** Where people find the HTTP side, for links in alerts; undefined for this host and port. */
  readonly externalUrl: string | undefined;
  readonly log: AgentLog;
}

/** Milliseconds that a shutdown may wait for Alertmanagers to take what they have not heard yet. */
const PUSH_DRAIN_MS = 2_000;

/** The agent: builds every part, connects them through the bus, starts, reloads and stops them. */
export class Agent implements Lifecycle {
  readonly version = VERSION;
  readonly #options: AgentOptions;
  readonly #bus: EventBus;
  readonly #timers = new TimingWheel(systemClock);
  readonly #probing: Probing;
  readonly #exporter: PrometheusExporter;
  readonly #push: AlertmanagerExporter;
  readonly #readiness: Readiness;
  readonly #paths: PathViews;
  readonly #prober: ProbeService;
  #configText: string;
  #server: RunningServer | null = null;
  #reloading: Promise<unknown> = Promise.resolve();

  /** Throws an `AgentError` that names every error of the configuration. */
  constructor(options: AgentOptions) {
    this.#options = options;
    const { logger } = options.log;
    const loaded = options.load();
    if (!loaded.ok) throw new AgentError("CONFIG_INVALID", problems(loaded).join("\n"));
    for (const warning of loaded.warnings) logger.warn(warning);
    this.#configText = loaded.redacted;
    this.#bus = new EventBus((event, error) => {
      logger.error({ event, err: error }, "a listener failed");
      this.#exporter.listenerFailed(event);
    });
    const states = new PathStates(systemClock);
    const lookup = systemLookup();
    this.#probing = new Probing(
      { bus: this.#bus, clock: systemClock, timers: this.#timers, lookup },
      loaded.config,
    );
    this.#exporter = new PrometheusExporter({
      bus: this.#bus,
      clock: systemClock,
      version: VERSION,
      facts: probeTypes.flatMap((type) => Object.values(type.facts)),
      ...exporterSettings(loaded.config),
    });
    this.#push = new AlertmanagerExporter({
      bus: this.#bus,
      clock: systemClock,
      pathAlert: pathAlert({ pathUrl: (id) => `${this.#externalUrl()}/api/v1/paths/${id}` }),
    });
    const history = new History(this.#bus);
    logEvents(this.#bus, logger);
    this.#readiness = new Readiness(this.#bus);
    this.#paths = new PathViews(this.#bus, () => this.#probing.paths, states, history);
    this.#prober = new ProbeService(this.#probing.runner, lookup, () => this.#probing);
    this.#trackStates(states);
  }

  get cluster(): string {
    return this.#probing.config.cluster;
  }

  get node(): string {
    return this.#probing.config.node;
  }

  /** Where the HTTP side listens, once started. */
  get addresses(): RunningServer["addresses"] {
    return this.#server?.addresses ?? [];
  }

  /** Listens, then probes. Rejects with an `AgentError` when an address cannot be listened on. */
  async start(): Promise<void> {
    const { listenAddresses, telemetryPath, webConfigFile, log } = this.#options;
    this.#server = await startServer({
      readers: {
        metrics: this.#exporter.exposition,
        paths: this.#paths,
        prober: this.#prober,
        lifecycle: this,
      },
      listenAddresses,
      telemetryPath,
      webConfigFile,
      onWebConfig: (good) => {
        if (good) this.#loaded();
        else this.#bus.emit("config.rejected", { errors: [`${webConfigFile}: cannot be used`] });
      },
      log: log.logger,
    });
    const { cluster, node, version } = this;
    this.#bus.emit("agent.started", { cluster, node, version });
    this.#configureSinks(this.#probing.config);
    const first = this.#probing.apply(this.#probing.config);
    // A reload that is asked for meanwhile has to wait its turn.
    this.#reloading = first;
    await first;
    this.#loaded();
    this.#readiness.begin(this.#probing.paths);
  }

  ready(): boolean {
    return this.#readiness.ready;
  }

  configText(): string {
    return this.#configText;
  }

  /** Takes over the configuration as it is now; with an error in it, nothing changes. */
  async reload(): Promise<ReloadAnswer> {
    const turn = this.#reloading.then(() => this.#reload());
    this.#reloading = turn;
    return turn;
  }

  /** Finishes the probes in flight within their limits, then closes the HTTP side and the log. */
  async stop(signal: string): Promise<void> {
    this.#bus.emit("agent.stopping", { signal });
    await this.#reloading;
    await this.#probing.stop();
    await this.#push.stop(PUSH_DRAIN_MS);
    await this.#server?.close();
    this.#timers.stop();
  }

  async #reload(): Promise<ReloadAnswer> {
    const loaded = this.#options.load();
    if (!loaded.ok) {
      const errors = problems(loaded);
      this.#bus.emit("config.rejected", { errors });
      return { ok: false, errors };
    }
    this.#configureSinks(loaded.config);
    this.#configText = loaded.redacted;
    await this.#probing.apply(loaded.config);
    this.#loaded();
    return { ok: true };
  }

  #configureSinks(config: AgentConfig): void {
    const settings = exporterSettings(config);
    this.#exporter.configure(settings);
    this.#push.configure(settings.alertmanagers);
  }

  #externalUrl(): string {
    const { externalUrl } = this.#options;
    if (externalUrl !== undefined) return externalUrl.replace(/\/+$/, "");
    return `${this.#server?.scheme ?? "http"}://${hostname()}:${this.addresses[0]?.port ?? 0}`;
  }

  #loaded(): void {
    const atMs = systemClock.wallMs();
    this.#bus.emit("config.reloaded", { atMs, paths: this.#probing.paths.size });
  }

  #trackStates(states: PathStates): void {
    this.#bus.on("probe.finished", ({ path, result }) => {
      const change = states.record(path, result);
      if (change !== null) this.#bus.emit("path.changed", change);
    });
    this.#bus.on("path.removed", ({ path }) => {
      states.forget(path.id);
    });
  }
}

function exporterSettings({ metrics, limits, alerting }: AgentConfig) {
  return {
    durationBuckets: metrics.durationBuckets,
    seriesLimit: limits.series,
    alertmanagers: alerting.alertmanagers.map(({ url }) => url),
  };
}

function problems(loaded: Extract<LoadedConfig, { ok: false }>): string[] {
  return loaded.errors.map(formatProblem);
}
