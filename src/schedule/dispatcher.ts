import type { Clock, TimerQueue } from "../clock.ts";
import { RateLimit } from "./rate-limit.ts";

/** What the dispatcher knows of a path. */
export interface Dispatched {
  readonly id: string;
  /** The address it leaves from; null when the kernel chooses. */
  readonly source: string | null;
  /** The address it dials; null when there is none. */
  readonly target: string | null;
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

/** A run that could not begin this long after it was due is left out: there is no catching up. */
const MISSED_AFTER_MS = 1_000;

interface Waiting<Path> {
  readonly path: Path;
  readonly dueMs: number;
}

/**
 * Begins the runs that are due, within the limits: one at a time for each path, so many in flight,
 * so many a second from each source address and to each address dialled.
 */
export class Dispatcher<Path extends Dispatched> {
  readonly #parts: DispatcherParts<Path>;
  readonly #busy = new Set<string>();
  readonly #perSource: RateLimit;
  readonly #perPeer: RateLimit;
  #probesInFlight: number;
  #queue: Waiting<Path>[] = [];
  #queueHead = 0;
  #inFlight = 0;
  #stopped = false;

  constructor(parts: DispatcherParts<Path>) {
    this.#parts = parts;
    this.#probesInFlight = parts.limits.probesInFlight;
    this.#perSource = new RateLimit(parts.limits.probesPerSecondPerSource);
    this.#perPeer = new RateLimit(parts.limits.probesPerSecondPerPeer);
  }

  setLimits(limits: DispatchLimits): void {
    this.#probesInFlight = limits.probesInFlight;
    this.#perSource.setRate(limits.probesPerSecondPerSource);
    this.#perPeer.setRate(limits.probesPerSecondPerPeer);
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

  /** Begins no further runs; those in flight go on. */
  stop(): void {
    this.#stopped = true;
    this.#queue = [];
    this.#queueHead = 0;
  }

  #admit(waiting: Waiting<Path>): void {
    if (this.#stopped) return;
    if (this.#inFlight >= this.#probesInFlight) {
      this.#queue.push(waiting);
      return;
    }
    const nowMs = this.#parts.clock.monotonicMs();
    const waitMs = this.#waitMs(waiting.path, nowMs);
    if (waitMs > 0) {
      this.#parts.timers.at(nowMs + waitMs, () => {
        this.#admit(waiting);
      });
      return;
    }
    void this.#begin(waiting, nowMs);
  }

  #waitMs({ source, target }: Path, nowMs: number): number {
    const bySource = source === null ? 0 : this.#perSource.waitMs(source, nowMs);
    const byPeer = target === null ? 0 : this.#perPeer.waitMs(target, nowMs);
    return Math.max(bySource, byPeer);
  }

  async #begin({ path, dueMs }: Waiting<Path>, nowMs: number): Promise<void> {
    if (path.source !== null) this.#perSource.take(path.source, nowMs);
    if (path.target !== null) this.#perPeer.take(path.target, nowMs);
    this.#inFlight++;
    await this.#parts.run(path, Math.max(0, nowMs - dueMs) / 1000);
    this.#inFlight--;
    this.#busy.delete(path.id);
    this.#next();
  }

  #next(): void {
    while (this.#inFlight < this.#probesInFlight) {
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
