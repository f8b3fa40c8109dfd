import type { Failure, Phase, Reason } from "./errors.ts";

/** What is probed, once per round: the unit of every series. Its fields are label values. */
export interface Path {
  /** Stable over restarts and reloads: a hash of the labels below. */
  readonly id: string;
  readonly cluster: string;
  readonly direction: "inbound" | "outbound";
  /** Name of the IP resource; empty on a control path. */
  readonly ipResource: string;
  /** The IP resource's address; empty on a control path. */
  readonly address: string;
  /** Name of the peer; empty inbound. */
  readonly peer: string;
  /** The peer's address connected to; empty inbound, and while its name has none. */
  readonly peerAddress: string;
  readonly module: string;
  readonly prober: string;
  /** Seconds between two runs, as scheduled. */
  readonly intervalSeconds: number;
}

/** How long one phase of a probe took. */
export interface PhaseTiming {
  readonly phase: Phase;
  readonly durationSeconds: number;
}

/** A number that a probe learnt about the peer, declared by its probe type as a metric. */
export interface Fact {
  /** Full metric name. */
  readonly metric: string;
  readonly value: number;
  /** Extra label values in the order of the declaration; from closed lists only. */
  readonly labels: readonly string[];
}

/** One line of what the two sides said; the summary is printable and cut. */
export interface TranscriptLine {
  readonly atSeconds: number;
  readonly from: "probe" | "peer";
  readonly summary: string;
}

/** How one probe went. */
export interface ProbeResult {
  readonly outcome: "success" | "failure" | "inconclusive";
  /** Unix time in milliseconds at which the probe started. */
  readonly startedAtMs: number;
  readonly durationSeconds: number;
  readonly phases: readonly PhaseTiming[];
  readonly failure: Failure | null;
  /** What went wrong after the question was answered. */
  readonly warnings: readonly Failure[];
  readonly facts: readonly Fact[];
  /** What the peer said of itself: printable, cut, never a label. */
  readonly info: Readonly<Record<string, unknown>>;
  readonly transcript: readonly TranscriptLine[];
  /** The address the connection left from; empty when there was none. */
  readonly localAddress: string;
}

/** Every event of the agent. */
export interface AgentEvents {
  "agent.started": { readonly cluster: string; readonly node: string; readonly version: string };
  "agent.stopping": { readonly signal: string };
  "config.reloaded": { readonly atMs: number; readonly paths: number };
  "config.rejected": { readonly errors: readonly string[] };
  /** A path exists from now on. */
  "path.added": { readonly path: Path };
  /** A path is gone; its series go with it. */
  "path.removed": { readonly path: Path };
  /** A run of a path began, `latenessSeconds` after it was due. */
  "probe.started": { readonly path: Path; readonly latenessSeconds: number };
  "probe.finished": { readonly path: Path; readonly result: ProbeResult };
  /** A run ended whose path had gone meanwhile: its result counts for nothing. */
  "probe.abandoned": { readonly path: Path };
  /** So many runs in a row were due and could not begin in time: left out, not caught up. */
  "probe.missed": { readonly path: Path; readonly runs: number };
  /** The state of a path changed. The first result of a path is a change from `unknown`. */
  "path.changed": PathChange;
  /** A peer's name was looked up; `error` is null when it has addresses. */
  "peer.resolved": {
    readonly peer: string;
    readonly host: string;
    readonly addresses: readonly string[];
    readonly omitted: number;
    readonly error: Reason | null;
  };
  /** An Alertmanager took a batch of alerts. */
  "notification.sent": { readonly alertmanager: string; readonly alerts: number };
  /** An Alertmanager did not take a batch; `detail` is one printable line for people. */
  "notification.failed": {
    readonly alertmanager: string;
    readonly error: NotificationError;
    readonly detail: string;
  };
  /** Alerts that were given up for newer ones, because too many wait for an Alertmanager. */
  "notification.dropped": { readonly alertmanager: string; readonly alerts: number };
}

/** Why an Alertmanager did not take a batch. */
export type NotificationError =
  | "unreachable"
  | "timeout"
  | "redirected"
  | "rejected"
  | "rate_limited"
  | "server_error";

export type PathState = "unknown" | "up" | "down";

export interface PathChange {
  readonly path: Path;
  readonly from: PathState;
  readonly to: PathState;
  readonly failure: Failure | null;
  /** How long the path was in the state it left; null for `unknown`. */
  readonly previousStateSeconds: number | null;
  /** Unix time in milliseconds of the result that changed it. */
  readonly atMs: number;
}

export type EventName = keyof AgentEvents;
export type Listener<N extends EventName> = (event: AgentEvents[N]) => void;

type Listeners = { [N in EventName]?: Listener<N>[] };

/** The agent's bus: typed, synchronous, and deaf to a listener's throw. */
export class EventBus {
  readonly #listeners: Listeners = {};
  readonly #onListenerError: (event: EventName, error: unknown) => void;

  /** `onListenerError` hears of a listener that threw; the other listeners are called all the same. */
  constructor(onListenerError: (event: EventName, error: unknown) => void) {
    this.#onListenerError = onListenerError;
  }

  /** Subscribes, and returns the function that unsubscribes. */
  on<N extends EventName>(name: N, listener: Listener<N>): () => void {
    const added: Listener<N>[] = [...(this.#listenersOf(name) ?? []), listener];
    (this.#listeners as Record<N, Listener<N>[]>)[name] = added;
    return () => {
      const rest = (this.#listenersOf(name) ?? []).filter((other) => other !== listener);
      (this.#listeners as Record<N, Listener<N>[]>)[name] = rest;
    };
  }

  emit<N extends EventName>(name: N, event: AgentEvents[N]): void {
    const listeners = this.#listenersOf(name);
    if (listeners === undefined) return;
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#onListenerError(name, error);
      }
    }
  }

  #listenersOf<N extends EventName>(name: N): readonly Listener<N>[] | undefined {
    return this.#listeners[name];
  }
}
