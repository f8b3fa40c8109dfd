import type { Clock, Timer } from "../../clock.ts";
import type { Failure } from "../../errors.ts";
import type { EventBus, Path, PathChange } from "../../events.ts";
import { AlertSet, type AlertText, type Moment } from "./alert-set.ts";
import { Sender } from "./sender.ts";

/** Prometheus's own times: how often an alert is sent again, and a resolved one for how long. */
const RESEND_MS = 60_000;
const RESOLVED_MS = 15 * 60_000;

/** A firing alert survives two lost notices and the delay of a third. */
const FIRING_MS = 4 * RESEND_MS;

/** How often pending alerts are looked at: how late one fires at most. */
const TICK_MS = 1000;

/** The alert about a path, as the catalogue of alerts has it. */
export interface PathAlert {
  /** How long the path has to stay down before the alert fires. */
  firesAfterSeconds(change: PathChange): number;
  text(path: Path, failure: Failure | null): AlertText;
}

/** What the exporter is given. */
export interface AlertmanagerOptions {
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly pathAlert: PathAlert;
}

/**
 * Tells Alertmanagers of paths that are down, as Prometheus would by its rules: each of them gets
 * every alert, directly and again and again until it is resolved and for a while after.
 */
export class AlertmanagerExporter {
  readonly #options: AlertmanagerOptions;
  readonly #alerts = new AlertSet({ resendMs: RESEND_MS, resolvedMs: RESOLVED_MS });
  readonly #senders = new Map<string, Sender>();
  #timer: Timer | null = null;

  constructor(options: AlertmanagerOptions) {
    this.#options = options;
    const { bus } = options;
    bus.on("path.changed", (change) => {
      if (change.to === "down") this.#raise(change);
      else this.#resolve(change.path);
    });
    bus.on("path.removed", ({ path }) => {
      this.#resolve(path);
    });
    bus.on("probe.finished", ({ path, result }) => {
      if (result.outcome !== "failure") return;
      this.#alerts.retext(path.id, () => options.pathAlert.text(path, result.failure));
    });
  }

  /** Takes over which Alertmanagers there are; a new one is told at once of all that fires. */
  configure(urls: readonly string[]): void {
    const wanted = new Set(urls);
    for (const [url, sender] of this.#senders) {
      if (wanted.has(url)) continue;
      this.#senders.delete(url);
      void sender.stop(0);
    }
    const { bus, clock } = this.#options;
    for (const url of wanted) {
      if (this.#senders.has(url)) continue;
      const sender = new Sender({ url, clock, bus, firingMs: FIRING_MS });
      this.#senders.set(url, sender);
      sender.send(this.#alerts.all());
    }
  }

  /**
   * Sends what waits, for at most `limitMs`. What fires is not resolved by that: it ends at the
   * Alertmanagers by itself, unless the agent is back before.
   */
  async stop(limitMs: number): Promise<void> {
    this.#timer?.cancel();
    await Promise.all([...this.#senders.values()].map((sender) => sender.stop(limitMs)));
  }

  #raise(change: PathChange): void {
    const { path, failure } = change;
    const { pathAlert } = this.#options;
    const afterMs = pathAlert.firesAfterSeconds(change) * 1000;
    this.#alerts.raise(path.id, () => pathAlert.text(path, failure), afterMs, this.#now());
    if (this.#timer === null) this.#lookIn(TICK_MS);
  }

  #resolve(path: Path): void {
    // Many paths that come back together, or are gone after a reload, are sent together.
    if (this.#alerts.resolve(path.id, this.#now())) this.#lookIn(0);
  }

  #lookIn(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setTimer(delayMs, () => {
      this.#timer = null;
      const notices = this.#alerts.due(this.#now());
      for (const sender of this.#senders.values()) sender.send(notices);
      if (this.#alerts.size > 0) this.#lookIn(TICK_MS);
    });
  }

  #now(): Moment {
    const { clock } = this.#options;
    return { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
  }
}
