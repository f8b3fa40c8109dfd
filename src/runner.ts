import type { Clock, Timer, TimerQueue } from "./clock.ts";
import { type Failure, type Phase, ProbeFailure, REASONS } from "./errors.ts";
import type { Fact, PhaseTiming, ProbeResult, TranscriptLine } from "./events.ts";
import { Connection } from "./net/connection.ts";
import type { SourcePorts } from "./net/source-ports.ts";
import { printable } from "./printable.ts";
import type {
  FactDeclaration,
  ProbeContext,
  ProbeSettings,
  ProbeTarget,
  ProbeType,
} from "./probe.ts";
import { WireError } from "./protocols/wire/wire-error.ts";

/** One run to do: a probe type, its settings, where it goes and what it may cost. */
export interface ProbeRequest {
  readonly type: ProbeType;
  readonly settings: ProbeSettings;
  readonly target: ProbeTarget;
  /** Milliseconds for the whole run. */
  readonly timeoutMs: number;
  /** Milliseconds for single phases, within the whole. */
  readonly phaseTimeoutsMs: Readonly<Partial<Record<Phase, number>>>;
}

/** What every run shares. */
export interface RunnerParts {
  readonly clock: Clock;
  readonly timers: StallAware;
  readonly ports: SourcePorts;
  /** Octets read from the other side in one run at most. */
  readonly byteLimit: number;
}

/** A timer queue that notices when the process did not run. */
export interface StallAware extends TimerQueue {
  /** Whether the process stood still for long at any time since `sinceMs` of the monotonic clock. */
  stalledSince(sinceMs: number): boolean;
}

/** Milliseconds for what follows the answer: a peer that does not say goodbye costs no more. */
const AFTERWARDS_MS = 2_000;

/** Lines of transcript kept of one run. */
const TRANSCRIPT_LIMIT = 256;

type Facts = Readonly<Record<string, FactDeclaration>>;

/** Runs probes: keeps their limits, their clock and their transcript, and gives each one result. */
export class Runner {
  #parts: RunnerParts;
  #open = 0;
  #whenIdle: (() => void)[] = [];

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** What runs may use from now on; those in flight keep what they began with. */
  setLimits(ports: SourcePorts, byteLimit: number): void {
    this.#parts = { ...this.#parts, ports, byteLimit };
  }

  /** Never rejects: whatever happens becomes a result, at the latest at the run's deadline. */
  run(request: ProbeRequest): Promise<ProbeResult> {
    this.#open++;
    return new ProbeRun(request, this.#parts).execute(this.#onClosed);
  }

  readonly #onClosed = (): void => {
    this.#open--;
    if (this.#open === 0) for (const idle of this.#whenIdle.splice(0)) idle();
  };

  /** Resolves when no run is in flight and no connection of one is left. */
  async idle(): Promise<void> {
    if (this.#open === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenIdle.push(resolve);
    });
  }
}

class ProbeRun implements ProbeContext<Facts> {
  readonly target: ProbeTarget;
  readonly #request: ProbeRequest;
  readonly #parts: RunnerParts;
  readonly #phases: PhaseTiming[] = [];
  readonly #facts: Fact[] = [];
  readonly #transcript: TranscriptLine[] = [];
  #info: Record<string, unknown> = {};
  #connection: Connection | null = null;
  #phase: Phase | null = null;
  #phaseAtMs = 0;
  #startMs = 0;
  #deadlineMs = 0;
  #phaseEndMs = Number.POSITIVE_INFINITY;
  #timer: Timer | null = null;
  #timerMs = Number.NaN;
  #expired: ProbeFailure | null = null;
  #answered = false;

  constructor(request: ProbeRequest, parts: RunnerParts) {
    this.#request = request;
    this.#parts = parts;
    this.target = request.target;
  }

  /** Calls back when nothing is left of the run's connection, which may be after the result. */
  async execute(onClosed: () => void): Promise<ProbeResult> {
    const { clock, timers } = this.#parts;
    const startedAtMs = clock.wallMs();
    const bornMs = clock.monotonicMs();
    this.#startMs = bornMs;
    this.#deadlineMs = bornMs + this.#request.timeoutMs;
    this.#arm();
    let failure: Failure | null = null;
    try {
      await this.#request.type.run(this, this.#request.settings as never);
    } catch (error) {
      failure = this.#failureOf(error);
    }
    const endMs = clock.monotonicMs();
    this.#endPhase(endMs);
    this.#timer?.cancel();
    if (timers.stalledSince(bornMs)) failure = this.#stalled();
    const warned = failure !== null && this.#answered && !isOurs(failure);
    if (this.#connection === null) onClosed();
    else this.#connection.close(onClosed);
    return {
      outcome: outcomeOf(warned ? null : failure),
      startedAtMs,
      durationSeconds: (endMs - this.#startMs) / 1000,
      phases: this.#phases,
      failure: warned ? null : failure,
      warnings: warned && failure !== null ? [failure] : [],
      facts: this.#facts,
      info: this.#info,
      transcript: this.#transcript,
      localAddress: this.#connection?.localAddress ?? "",
    };
  }

  async connect(): Promise<Connection> {
    const { clock, timers, ports, byteLimit } = this.#parts;
    let { address } = this.target;
    if (address === null) {
      this.enter("resolve");
      address = await this.#resolved();
    }
    const connection = new Connection({
      address,
      port: this.target.port,
      source: this.target.source,
      ports,
      byteLimit,
      timers,
      now: () => clock.monotonicMs(),
      onAttempt: () => {
        this.#attempt();
      },
    });
    this.#connection = connection;
    if (this.#expired !== null) throw this.#expired;
    this.enter("connect");
    await connection.open();
    return connection;
  }

  enter(phase: Phase): void {
    const nowMs = this.#parts.clock.monotonicMs();
    this.#endPhase(nowMs);
    this.#phase = phase;
    this.#phaseAtMs = nowMs;
    this.#phaseEndMs = nowMs + (this.#request.phaseTimeoutsMs[phase] ?? Number.POSITIVE_INFINITY);
    this.#arm();
  }

  note(from: "probe" | "peer", text: string): void {
    if (this.#transcript.length >= TRANSCRIPT_LIMIT) return;
    const atSeconds = (this.#parts.clock.monotonicMs() - this.#startMs) / 1000;
    this.#transcript.push({ atSeconds, from, summary: printable(text) });
  }

  answered(): void {
    this.#answered = true;
    const afterwardsMs = this.#parts.clock.monotonicMs() + AFTERWARDS_MS;
    this.#deadlineMs = Math.min(this.#deadlineMs, afterwardsMs);
    this.#arm();
  }

  fact(name: string, value: number, ...labels: readonly string[]): void {
    const declaration = this.#request.type.facts[name];
    if (declaration !== undefined) this.#facts.push({ metric: declaration.metric, value, labels });
  }

  describe(key: string, value: string | number | boolean | readonly string[] | null): void {
    if (typeof value === "string") this.#info[key] = printable(value);
    else if (typeof value === "object" && value !== null) {
      this.#info[key] = value.map((text) => printable(text));
    } else this.#info[key] = value;
  }

  async #resolved(): Promise<string> {
    const { resolve } = this.target;
    if (resolve === undefined)
      throw new ProbeFailure("name_not_found", "no address", null, "resolve");
    const late = new Promise<never>((_resolve, reject) => {
      this.#onExpiry = reject;
    });
    return Promise.race([resolve(), late]);
  }

  #onExpiry: ((failure: ProbeFailure) => void) | null = null;

  /** The clock of a run starts when the source is bound and the first packet is about to leave. */
  #attempt(): void {
    if (this.#phase !== "connect" || this.#phases.length > 0) return;
    const nowMs = this.#parts.clock.monotonicMs();
    this.#startMs = nowMs;
    this.#phaseAtMs = nowMs;
  }

  #endPhase(nowMs: number): void {
    if (this.#phase === null) return;
    const durationSeconds = (nowMs - this.#phaseAtMs) / 1000;
    this.#phases.push({ phase: this.#phase, durationSeconds });
    this.#phase = null;
  }

  /** Sets the timer to the end of the run or of its phase, whichever comes first. */
  #arm(): void {
    const atMs = Math.min(this.#deadlineMs, this.#phaseEndMs);
    if (atMs === this.#timerMs) return;
    this.#timerMs = atMs;
    this.#timer?.cancel();
    this.#timer = this.#parts.timers.at(atMs, () => {
      this.#expire();
    });
  }

  #expire(): void {
    const seconds = (this.#parts.clock.monotonicMs() - this.#phaseAtMs) / 1000;
    const reason = this.#phase === "resolve" ? "resolver_failed" : "timeout";
    this.#expired = new ProbeFailure(reason, `no answer within ${seconds.toFixed(1)} s`);
    this.#onExpiry?.(this.#expired);
    this.#connection?.fail(this.#expired);
  }

  #failureOf(error: unknown): Failure {
    const phase = this.#phase ?? this.#request.type.phases[0] ?? "connect";
    if (error instanceof ProbeFailure) {
      this.#moveTo(error.phase);
      return failureAt(error.phase ?? phase, error.reason, error.code, error.detail);
    }
    if (error instanceof WireError) {
      const reason = error.kind === "limit" ? "limit_exceeded" : "protocol_error";
      return failureAt(phase, reason, null, error.message);
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      ...failureAt(phase, "unknown", null, `defect of the probe: ${text}`),
      origin: "local",
    };
  }

  /** What failed while connecting may belong to the phase before it: binding to the source. */
  #moveTo(phase: Phase | null): void {
    if (phase === "source" && this.#phase === "connect") this.#phase = "source";
  }

  #stalled(): Failure {
    const phase = this.#phases.at(-1)?.phase ?? "connect";
    return failureAt(phase, "loop_stalled", null, "the agent did not run for a while");
  }
}

function failureAt(
  phase: Phase,
  reason: Failure["reason"],
  code: number | null,
  detail: string,
): Failure {
  return { phase, reason, origin: REASONS[reason].origin, code, detail: printable(detail) };
}

function outcomeOf(failed: Failure | null): ProbeResult["outcome"] {
  if (failed === null) return "success";
  return isOurs(failed) ? "inconclusive" : "failure";
}

/** Whether the agent itself failed, so that nothing is known of the MTA. */
function isOurs({ reason, origin }: Failure): boolean {
  const defect = reason === "unknown" && origin === "local";
  return defect || REASONS[reason].inconclusive === true;
}
