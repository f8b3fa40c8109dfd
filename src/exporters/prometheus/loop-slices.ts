import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../clock.ts";

/**
 * Milliseconds of work between two turns of the event loop, shared by all who work in slices: five
 * scrapes at once hold up a probe no longer than one.
 */
const SLICE_MS = 1;

/** Long work cut into slices, so that sockets and timers have their turn in between. */
export class LoopSlices {
  readonly #clock: Clock;
  #endMs = 0;
  #nextTurn: Promise<void> | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the slice is used up, and `turn` is to be awaited. */
  get isOver(): boolean {
    return this.#nextTurn !== null || this.#clock.monotonicMs() >= this.#endMs;
  }

  /** Resolves in the next turn of the event loop, with a new slice for all who waited. */
  turn(): Promise<void> {
    this.#nextTurn ??= this.#wait();
    return this.#nextTurn;
  }

  async #wait(): Promise<void> {
    await setImmediate();
    this.#nextTurn = null;
    this.#endMs = this.#clock.monotonicMs() + SLICE_MS;
  }
}
