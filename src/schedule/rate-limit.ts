/** A burst holds what the rate allows in this time. */
const BURST_MS = 500;

/**
 * Limits how often something may happen for each key, in events a second, with a burst of half a
 * second's worth at most: a token bucket (generic cell rate algorithm) of one number a key.
 */
export class RateLimit {
  #intervalMs = 0;
  #toleranceMs = 0;
  /** When each key's bucket is full again. */
  readonly #fullAtMs = new Map<string, number>();

  constructor(perSecond: number) {
    this.setRate(perSecond);
  }

  /** Changes the rate; what each key has used stays used. */
  setRate(perSecond: number): void {
    this.#intervalMs = 1000 / perSecond;
    this.#toleranceMs = Math.max(0, BURST_MS - this.#intervalMs);
  }

  /** Milliseconds until the key's next event is allowed; 0 when it is allowed now. */
  waitMs(key: string, nowMs: number): number {
    const fullAtMs = this.#fullAtMs.get(key) ?? 0;
    return Math.max(0, fullAtMs - this.#toleranceMs - nowMs);
  }

  /** Counts an event of the key. */
  take(key: string, nowMs: number): void {
    if (this.#fullAtMs.size > 100_000) this.#forgetFull(nowMs);
    this.#fullAtMs.set(key, Math.max(this.#fullAtMs.get(key) ?? 0, nowMs) + this.#intervalMs);
  }

  #forgetFull(nowMs: number): void {
    for (const [key, fullAtMs] of this.#fullAtMs) if (fullAtMs <= nowMs) this.#fullAtMs.delete(key);
  }
}
