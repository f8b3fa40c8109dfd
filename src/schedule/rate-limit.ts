/** A burst holds what the rate allows in this time. */
const BURST_MS = 500;

/** Keys up to which nobody looks for those that can be forgotten. */
const KEYS_KEPT = 1_024;

/**
 * Limits how often something may happen for each key, in events a second, with a burst of half a
 * second's worth at most: a token bucket (generic cell rate algorithm) of one number a key.
 */
export class RateLimit {
  #intervalMs = 0;
  #toleranceMs = 0;
  /** When each key's bucket is full again; a key that is missing has a full one. */
  readonly #fullAtMs = new Map<string, number>();
  #sweepAtSize = KEYS_KEPT;

  constructor(perSecond: number) {
    this.setRate(perSecond);
  }

  /** Milliseconds between two events of a key that never rests. */
  get intervalMs(): number {
    return this.#intervalMs;
  }

  /** Keys that are remembered: those whose bucket is not full, and some more. */
  get size(): number {
    return this.#fullAtMs.size;
  }

  /** Changes the rate; what each key has used stays used. */
  setRate(perSecond: number): void {
    this.#intervalMs = 1000 / perSecond;
    this.#toleranceMs = Math.max(0, BURST_MS - this.#intervalMs);
  }

  /** Milliseconds until the key's next event is allowed; 0 when it is allowed now. */
  waitMs(key: string, nowMs: number): number {
    const fullAtMs = this.#fullAtMs.get(key) ?? Number.NEGATIVE_INFINITY;
    return Math.max(0, fullAtMs - this.#toleranceMs - nowMs);
  }

  /** Counts an event of the key. */
  take(key: string, nowMs: number): void {
    const fullAtMs = this.#fullAtMs.get(key) ?? nowMs;
    this.#fullAtMs.set(key, Math.max(fullAtMs, nowMs) + this.#intervalMs);
    if (this.#fullAtMs.size > this.#sweepAtSize) this.#sweep(nowMs);
  }

  /** Costs little: the next sweep comes when there are twice as many keys as this one leaves. */
  #sweep(nowMs: number): void {
    for (const [key, fullAtMs] of this.#fullAtMs) if (fullAtMs <= nowMs) this.#fullAtMs.delete(key);
    this.#sweepAtSize = Math.max(KEYS_KEPT, this.#fullAtMs.size * 2);
  }
}
