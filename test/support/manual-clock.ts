import type { Clock, Timer, TimerQueue } from "../../src/clock.ts";

interface Pending {
  readonly atMs: number;
  readonly callback: () => void;
}

/** A clock that moves only when told to; its timers run while it moves. */
export class ManualClock implements Clock, TimerQueue {
  #monotonicMs = 1000;
  #wallMs = Date.UTC(2026, 0, 1);
  readonly #pending = new Set<Pending>();

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  wallMs(): number {
    return this.#wallMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const pending = { atMs: this.#monotonicMs + Math.max(0, delayMs), callback };
    this.#pending.add(pending);
    return {
      cancel: () => {
        this.#pending.delete(pending);
      },
    };
  }

  at(atMs: number, callback: () => void): Timer {
    return this.setTimer(atMs - this.#monotonicMs, callback);
  }

  /** Timers that are set and have not run. */
  get timers(): number {
    return this.#pending.size;
  }

  /** Lets time pass, running what falls due in its order. */
  advance(ms: number): void {
    const untilMs = this.#monotonicMs + ms;
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      this.#pending.delete(next);
      this.#moveTo(next.atMs);
      next.callback();
    }
    this.#moveTo(untilMs);
  }

  /** Lets time pass in which the process does not run: what falls due runs late, at the next advance. */
  stall(ms: number): void {
    this.#moveTo(this.#monotonicMs + ms);
  }

  /** Steps the wall clock alone, as an operator or NTP does. */
  stepWall(ms: number): void {
    this.#wallMs += ms;
  }

  #moveTo(atMs: number): void {
    const byMs = Math.max(0, atMs - this.#monotonicMs);
    this.#monotonicMs += byMs;
    this.#wallMs += byMs;
  }

  #next(untilMs: number): Pending | undefined {
    let first: Pending | undefined;
    for (const pending of this.#pending) {
      if (pending.atMs <= untilMs && (first === undefined || pending.atMs < first.atMs)) {
        first = pending;
      }
    }
    return first;
  }
}
