import { Counter, type Registry } from "prom-client";
import type { EventBus } from "../../events.ts";

const LABEL = "alertmanager";

/** How the alerts fare that the agent sends itself, for each Alertmanager. */
export class NotificationMetrics {
  readonly #counters: readonly Counter<typeof LABEL>[];
  #alertmanagers: readonly string[] = [];

  constructor(registry: Registry, bus: EventBus) {
    const registers = [registry];
    const labelNames = [LABEL] as const;
    const sent = new Counter({
      registers,
      labelNames,
      name: "mta_exporter_notifications_total",
      help: "Alerts that an Alertmanager took.",
    });
    const errors = new Counter({
      registers,
      labelNames,
      name: "mta_exporter_notification_errors_total",
      help: "Batches of alerts that an Alertmanager did not take.",
    });
    const dropped = new Counter({
      registers,
      labelNames,
      name: "mta_exporter_notifications_dropped_total",
      help: "Alerts given up for newer ones, because too many waited for an Alertmanager.",
    });
    this.#counters = [sent, errors, dropped];
    bus.on("notification.sent", ({ alertmanager, alerts }) => {
      sent.inc({ alertmanager }, alerts);
    });
    bus.on("notification.failed", ({ alertmanager }) => {
      errors.inc({ alertmanager });
    });
    bus.on("notification.dropped", ({ alertmanager, alerts }) => {
      dropped.inc({ alertmanager }, alerts);
    });
  }

  /** The Alertmanagers that are configured: each has its series from now on, others have none. */
  configure(alertmanagers: readonly string[]): void {
    const gone = this.#alertmanagers.filter((url) => !alertmanagers.includes(url));
    for (const counter of this.#counters) {
      for (const alertmanager of gone) counter.remove({ alertmanager });
      for (const alertmanager of alertmanagers) counter.inc({ alertmanager }, 0);
    }
    this.#alertmanagers = alertmanagers;
  }
}
