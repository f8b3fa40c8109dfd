import type { ServerResponse } from "node:http";
import { finished } from "node:stream";
import type { Clock } from "../clock.ts";

/** A response whose client took nothing for this long makes room for another. */
const STALLED_MS = 1000;

/**
 * Lets a bounded number of responses be made at once. A place is held until the client has taken
 * all of its response or is gone; when there is none, the one that has been waiting for its client
 * for longest is given up: slow clients displace each other, not those who read.
 */
export class ResponseGate {
  readonly #capacity: number;
  readonly #clock: Clock;
  /** When each response under way last made progress. */
  readonly #progressMs = new Map<ServerResponse, number>();

  constructor(capacity: number, clock: Clock) {
    this.#capacity = capacity;
    this.#clock = clock;
  }

  /** Takes a place for this response; false when there is none. */
  enter(response: ServerResponse): boolean {
    if (this.#progressMs.size >= this.#capacity && !this.#evictOne()) return false;
    this.#progressMs.set(response, this.#clock.monotonicMs());
    response.on("drain", () => {
      if (this.#progressMs.has(response)) {
        this.#progressMs.set(response, this.#clock.monotonicMs());
      }
    });
    finished(response, () => this.#progressMs.delete(response));
    return true;
  }

  #evictOne(): boolean {
    const stalled = [...this.#progressMs].filter(([response]) => response.writableNeedDrain);
    const [slowest] = stalled.toSorted(([, a], [, b]) => a - b);
    if (slowest === undefined || this.#clock.monotonicMs() - slowest[1] < STALLED_MS) return false;
    const [response] = slowest;
    this.#progressMs.delete(response);
    response.destroy();
    return true;
  }
}
