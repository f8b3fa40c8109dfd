import type { Clock } from "../../clock.ts";
import type { RateLimit } from "./web-config.ts";

/** Lets one request pass each interval, and `burst` at once after a pause. */
export class TokenBucket {
  readonly #clock: Clock;
  #limit: RateLimit | null = null;
  #tokens = 0;
  #filledAtMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether a request may pass now under this limit; a changed limit starts with a full bucket. */
  take(limit: RateLimit | null): boolean {
    if (limit === null) return true;
    const nowMs = this.#clock.monotonicMs();
    if (limit.intervalMs !== this.#limit?.intervalMs || limit.burst !== this.#limit.burst) {
      this.#tokens = limit.burst;
    } else {
      const filled = this.#tokens + (nowMs - this.#filledAtMs) / limit.intervalMs;
      this.#tokens = Math.min(limit.burst, filled);
    }
    this.#limit = limit;
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
