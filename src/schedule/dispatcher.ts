import type { Clock, Timer, TimerQueue } from "../clock.ts";
import { RateGate } from "./rate-gate.ts";

/** Where a probe goes, as far as limits care. */
export interface Journey {
  /** The address it leaves from; null when the kernel chooses. */
  readonly source: string | null;
  /** The address it dials; null when there is none, and then nothing is sent. */
  readonly target: string | null;
}

/** What the dispatcher knows of a path. */
export interface Dispatched extends Journey {
  readonly id: string;
}

export interface DispatchLimits {
  readonly probesInFlight: number;
  readonly probesPerSecondPerSource: number;
  readonly probesPerSecondPerPeer: number;
}

export interface DispatcherParts<Path extends Dispatched> {
  readonly clock: Clock;
  readonly timers: TimerQueue;
  readonly limits: DispatchLimits;
  /** Runs one probe; the promise never rejects. */
  readonly run: (path: Path, latenessSeconds: number) => Promise<void>;
  /** Told of a run that was due and is left out. */
  readonly onMissed: (path: Path) => void;
}

/** A run that comes this long after it was due is left out: a stall is not caught up with. */
const MISSED_AFTER_MS = 1_000;

/** Places left free, and for how long, once the process has run out of something that probes take. */
const EASED_PLACES = 16;
const EASED_MS = 60_000;

interface Waiting<Path> {
  readonly path: Path;
  readonly dueMs: number;
}

type Gate<Path> = RateGate<Waiting<Path>>;

/**
 * Begins the runs that are due, within the limits: one at a time for each path, so many in flight,
 * so many a second from each source address and to each address dialled. A path waits at most once,
 * so that no more can wait than there are paths.
 */
export class Dispatcher<Path extends Dispatched> {
  readonly #parts: DispatcherParts<Path>;
  /** Paths that wait or run. */
  readonly #busy = new Set<string>();
  readonly #perSource: Gate<Path>;
  readonly #perPeer: Gate<Path>;
  #probesInFlight: number;
  /** Those that wait for a probe in flight to end. */
  #queue: Waiting<Path>[] = [];
  #queueHead = 0;
  #inFlight = 0;
  #easedTo = Number.POSITIVE_INFINITY;
  #easing: Timer | null = null;
  #stopped = false;

  constructor(parts: DispatcherParts<Path>) {
    const { limits } = parts;
    this.#parts = parts;
    this.#probesInFlight = limits.probesInFlight;
    this.#perSource = this.#gate(limits.probesPerSecondPerSource);
    this.#perPeer = this.#gate(limits.probesPerSecondPerPeer);
  }

  setLimits(limits: DispatchLimits): void {
    this.#probesInFlight = limits.probesInFlight;
    this.#perSource.setRate(limits.probesPerSecondPerSource);
    this.#perPeer.setRate(limits.probesPerSecondPerPeer);
    this.#next();
  }

  /** Takes a run that is due. It begins now, or as soon as the limits let it. */
  submit(path: Path, dueMs: number): void {
    if (this.#stopped) return;
    const lateMs = this.#parts.clock.monotonicMs() - dueMs;
    if (this.#busy.has(path.id) || lateMs > MISSED_AFTER_MS) {
      this.#parts.onMissed(path);
      return;
    }
    this.#busy.add(path.id);
    this.#admit({ path, dueMs });
  }

  /**
   * Takes a place for a probe outside the schedule, at once or not at all: null when a limit is
   * reached. Whoever takes it gives it back by the function returned, once.
   */
  enter(journey: Journey): (() => void) | null {
    const nowMs = this.#parts.clock.monotonicMs();
    if (this.#stopped || this.#isFull) return null;
    if (this.#closed(journey, nowMs, nowMs) !== undefined) return null;
    this.#take(journey, nowMs);
    return () => {
      this.#leave();
    };
  }

  /**
   * Keeps fewer probes in flight than now for a minute: they have taken the process's last file
   * descriptors, and whoever scrapes it needs one too.
   */
  easeOff(): void {
    const { clock, timers } = this.#parts;
    this.#easedTo = Math.max(1, Math.min(this.#easedTo, this.#inFlight - EASED_PLACES));
    this.#easing?.cancel();
    this.#easing = timers.at(clock.monotonicMs() + EASED_MS, () => {
      this.#easedTo = Number.POSITIVE_INFINITY;
      this.#next();
    });
  }

  /** Begins no further runs; those in flight go on. */
  stop(): void {
    this.#stopped = true;
    this.#easing?.cancel();
    this.#queue = [];
    this.#queueHead = 0;
    this.#perSource.clear();
    this.#perPeer.clear();
  }

  get #isFull(): boolean {
    return this.#inFlight >= Math.min(this.#probesInFlight, this.#easedTo);
  }

  #gate(perSecond: number): Gate<Path> {
    const { clock, timers } = this.#parts;
    const onTurn = (waiting: Waiting<Path>): void => {
      this.#admit(waiting);
    };
    return new RateGate({ clock, timers, onTurn }, perSecond);
  }

  #admit(waiting: Waiting<Path>): void {
    if (this.#isFull) {
      this.#queue.push(waiting);
      return;
    }
    const nowMs = this.#parts.clock.monotonicMs();
    const closed = this.#closed(waiting.path, waiting.dueMs, nowMs);
    if (closed === undefined) void this.#begin(waiting, nowMs);
    else closed.gate.wait(closed.key, waiting);
  }

  /** The first gate that does not let a probe pass, with the key to wait for. */
  #closed(
    { source, target }: Journey,
    dueMs: number,
    nowMs: number,
  ): { readonly gate: Gate<Path>; readonly key: string } | undefined {
    if (target === null) return undefined;
    const gates = [{ gate: this.#perPeer, key: target }];
    if (source !== null) gates.push({ gate: this.#perSource, key: source });
    return gates.find(({ gate, key }) => !gate.isOpen(key, dueMs, nowMs));
  }

  #take({ source, target }: Journey, nowMs: number): void {
    this.#inFlight++;
    if (target === null) return;
    this.#perPeer.take(target, nowMs);
    if (source !== null) this.#perSource.take(source, nowMs);
  }

  async #begin({ path, dueMs }: Waiting<Path>, nowMs: number): Promise<void> {
    this.#take(path, nowMs);
    await this.#parts.run(path, Math.max(0, nowMs - dueMs) / 1000);
    this.#busy.delete(path.id);
    this.#leave();
  }

  #leave(): void {
    this.#inFlight--;
    this.#next();
  }

  #next(): void {
    while (!this.#isFull) {
      const waiting = this.#queue[this.#queueHead];
      if (waiting === undefined) return;
      this.#queueHead++;
      this.#trimQueue();
      this.#admit(waiting);
    }
  }

  #trimQueue(): void {
    if (this.#queueHead < 1_000 || this.#queueHead * 2 < this.#queue.length) return;
    this.#queue = this.#queue.slice(this.#queueHead);
    this.#queueHead = 0;
  }
}
