import type { Logger } from "pino";
import type { AgentEvents, EventBus, NotificationError, PathChange } from "../events.ts";
import { pathLabels } from "../path-labels.ts";
import { printable } from "../printable.ts";

/** Errors of a rejected configuration that are logged; `check` shows the rest. */
const CONFIG_ERRORS_SHOWN = 20;
const CONFIG_ERROR_LIMIT = 500;

/**
 * Writes what happens to the log: one line per change of a path's state and per event in the
 * agent's life, single probes only at level debug. Returns the function that stops it.
 */
export function logEvents(bus: EventBus, logger: Logger): () => void {
  const subscriptions = [
    bus.on("agent.started", (event) => {
      logger.info(event, "started");
    }),
    bus.on("agent.stopping", (event) => {
      logger.info(event, "stopping");
    }),
    bus.on("config.reloaded", ({ paths }) => {
      logger.info({ paths }, "configuration loaded");
    }),
    bus.on("config.rejected", ({ errors }) => {
      logConfigRejected(logger, errors);
    }),
    bus.on("path.added", ({ path }) => {
      if (logger.isLevelEnabled("debug")) logger.debug(pathLabels(path), "path added");
    }),
    bus.on("path.removed", ({ path }) => {
      if (logger.isLevelEnabled("debug")) logger.debug(pathLabels(path), "path removed");
    }),
    bus.on("path.changed", (change) => {
      logPathChange(logger, change);
    }),
    bus.on("probe.finished", (event) => {
      if (logger.isLevelEnabled("debug")) logProbe(logger, event);
    }),
    bus.on("peer.resolved", peerLog(logger)),
    ...notificationLog(bus, logger),
  ];
  return () => {
    for (const unsubscribe of subscriptions) unsubscribe();
  };
}

function logConfigRejected(logger: Logger, errors: readonly string[]): void {
  const shown = errors
    .slice(0, CONFIG_ERRORS_SHOWN)
    .map((error) => printable(error, CONFIG_ERROR_LIMIT));
  logger.error(
    { errors: shown, errors_total: errors.length },
    "configuration rejected, the one before stays in force",
  );
}

function logPathChange(logger: Logger, change: PathChange): void {
  const level = change.to === "down" ? "warn" : "info";
  if (!logger.isLevelEnabled(level)) return;
  const fields = {
    ...pathLabels(change.path),
    phase: change.failure?.phase,
    reason: change.failure?.reason,
    code: change.failure?.code ?? undefined,
    detail: change.failure?.detail,
    previous_state: change.from,
    previous_state_seconds: inMilliseconds(change.previousStateSeconds) ?? undefined,
  };
  logger[level](fields, `path ${change.to}`);
}

/** More digits than a millisecond has would be noise. */
function inMilliseconds(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 1e3) / 1e3;
}

function logProbe(logger: Logger, { path, result }: AgentEvents["probe.finished"]): void {
  const fields = {
    ...pathLabels(path),
    duration_seconds: result.durationSeconds,
    phase: result.failure?.phase,
    reason: result.failure?.reason,
    code: result.failure?.code ?? undefined,
    detail: result.failure?.detail,
  };
  logger.debug(fields, `probe ${result.outcome}`);
}

/** A name is looked up over and over: only what differs from the time before is worth a line. */
function peerLog(logger: Logger): (event: AgentEvents["peer.resolved"]) => void {
  const lastSeen = new Map<string, string>();
  return ({ peer, host, addresses, omitted, error }) => {
    const seen = error ?? addresses.toSorted().join(" ");
    if (lastSeen.get(peer) === seen) return;
    lastSeen.set(peer, seen);
    if (error === null) logger.info({ peer, host, addresses, omitted }, "peer resolved");
    else logger.warn({ peer, host, reason: error }, "peer does not resolve");
  };
}

/** An Alertmanager that is away fails over and over: only that it went away and came back is news. */
function notificationLog(bus: EventBus, logger: Logger): readonly (() => void)[] {
  const failing = new Map<string, NotificationError>();
  return [
    bus.on("notification.failed", ({ alertmanager, error, detail }) => {
      if (failing.get(alertmanager) === error) return;
      failing.set(alertmanager, error);
      logger.warn({ alertmanager, error, detail }, "Alertmanager does not take alerts");
    }),
    bus.on("notification.sent", ({ alertmanager }) => {
      if (failing.delete(alertmanager)) logger.info({ alertmanager }, "Alertmanager takes alerts");
    }),
  ];
}
