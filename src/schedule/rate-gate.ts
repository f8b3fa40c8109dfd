import type { Clock, Timer, TimerQueue } from "../clock.ts";
import { RateLimit } from "./rate-limit.ts";

/** What waits at a gate. */
interface Waiting {
  /** When it was due, in milliseconds of the monotonic clock: who was due first goes first. */
  readonly dueMs: number;
}

export interface RateGateParts<Item extends Waiting> {
  readonly clock: Clock;
  readonly timers: TimerQueue;
  /** Takes an item whose turn has come. */
  readonly onTurn: (item: Item) => void;
}

interface Line<Item> {
  readonly items: Item[];
  timer: Timer;
}

/**
 * A rate limit with a line of those that wait for each key. However long a line is, it has one timer
 * and moves up by one at each turn, and nobody who was due later gets past it.
 */
export class RateGate<Item extends Waiting> {
  readonly #parts: RateGateParts<Item>;
  readonly #limit: RateLimit;
  readonly #lines = new Map<string, Line<Item>>();

  constructor(parts: RateGateParts<Item>, perSecond: number) {
    this.#parts = parts;
    this.#limit = new RateLimit(perSecond);
  }

  setRate(perSecond: number): void {
    this.#limit.setRate(perSecond);
  }

  /** Whether something that was due at `dueMs` may happen now, for all that this key allows. */
  isOpen(key: string, dueMs: number, nowMs: number): boolean {
    const first = this.#lines.get(key)?.items[0];
    const isFirst = first === undefined || dueMs <= first.dueMs;
    return isFirst && this.#limit.waitMs(key, nowMs) === 0;
  }

  /** Counts an event of the key. */
  take(key: string, nowMs: number): void {
    this.#limit.take(key, nowMs);
  }

  /** Puts an item in the key's line, behind those that were due before it. */
  wait(key: string, item: Item): void {
    const line = this.#lines.get(key);
    if (line === undefined) {
      this.#lines.set(key, { items: [item], timer: this.#arm(key) });
      return;
    }
    const place = line.items.findLastIndex(({ dueMs }) => dueMs <= item.dueMs) + 1;
    line.items.splice(place, 0, item);
  }

  /** Forgets all that wait. */
  clear(): void {
    for (const { timer } of this.#lines.values()) timer.cancel();
    this.#lines.clear();
  }

  #arm(key: string): Timer {
    const { clock, timers } = this.#parts;
    const nowMs = clock.monotonicMs();
    // An item whose turn brought no event waits for something else now. Its turn is kept for it: the
    // next one in line would take what the two have to come together for, time and again.
    const waitMs = this.#limit.waitMs(key, nowMs) || this.#limit.intervalMs;
    return timers.at(nowMs + waitMs, () => {
      this.#turn(key);
    });
  }

  #turn(key: string): void {
    const line = this.#lines.get(key);
    if (line === undefined) return;
    const isOpen = this.#limit.waitMs(key, this.#parts.clock.monotonicMs()) === 0;
    const next = isOpen ? line.items.shift() : undefined;
    if (next !== undefined) this.#parts.onTurn(next);
    if (line.items.length > 0) line.timer = this.#arm(key);
    else this.#lines.delete(key);
  }
}
