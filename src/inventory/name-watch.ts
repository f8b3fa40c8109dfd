import { isDeepStrictEqual } from "node:util";
import type { Clock, Timer, TimerQueue } from "../clock.ts";
import {
  afterAnswer,
  askAgainAfterMs,
  type NameState,
  nextExpiryMs,
  resolutionOf,
  UNKNOWN_NAME,
} from "./name-state.ts";
import type { Lookup, Resolution } from "./resolution.ts";

/** Nobody waits longer than this for first answers; a name without one counts as failed until then. */
const FIRST_ANSWERS_MS = 5_000;

interface Watched {
  state: NameState;
  /** The same object for as long as nothing changes. */
  resolution: Resolution;
  asking: Timer | null;
  expiry: Timer | null;
}

export interface NameWatchParts {
  readonly clock: Clock;
  readonly timers: TimerQueue;
  readonly lookup: Lookup;
  /** Called after each look-up and when an answer runs out, with whether that changed anything. */
  readonly onResolved: (host: string, resolution: Resolution, changed: boolean) => void;
}

/** Keeps host names resolved: asks again by TTL, and keeps a good answer until it runs out. */
export class NameWatch {
  readonly #parts: NameWatchParts;
  readonly #watched = new Map<string, Watched>();
  #addressLimit = Number.POSITIVE_INFINITY;

  constructor(parts: NameWatchParts) {
    this.#parts = parts;
  }

  /**
   * Watches these names and no others, and uses at most `addressLimit` addresses of each. Resolves
   * when each of them has had its first answer, or the time for that is over.
   */
  async watch(hosts: ReadonlySet<string>, addressLimit: number): Promise<void> {
    this.#addressLimit = addressLimit;
    for (const [host, watched] of this.#watched) {
      if (hosts.has(host)) this.#settle(watched);
      else this.#forget(host, watched);
    }
    const added = [...hosts].filter((host) => !this.#watched.has(host));
    if (added.length === 0) return;
    for (const host of added) {
      const resolution = resolutionOf(UNKNOWN_NAME, 0, addressLimit);
      this.#watched.set(host, { state: UNKNOWN_NAME, resolution, asking: null, expiry: null });
    }
    await this.#inTime(Promise.all(added.map((host) => this.#ask(host))));
  }

  /** What is known of each name; of one without an answer, that the resolver failed. */
  resolutions(): ReadonlyMap<string, Resolution> {
    return new Map([...this.#watched].map(([host, { resolution }]) => [host, resolution]));
  }

  stop(): void {
    for (const [host, watched] of this.#watched) this.#forget(host, watched);
  }

  async #inTime(answers: Promise<unknown>): Promise<void> {
    const { clock, timers } = this.#parts;
    let limit: Timer | undefined;
    const late = new Promise<void>((resolve) => {
      limit = timers.at(clock.monotonicMs() + FIRST_ANSWERS_MS, resolve);
    });
    await Promise.race([answers, late]);
    limit?.cancel();
  }

  #forget(host: string, watched: Watched): void {
    watched.asking?.cancel();
    watched.expiry?.cancel();
    this.#watched.delete(host);
  }

  async #ask(host: string): Promise<void> {
    const watched = this.#watched.get(host);
    if (watched === undefined) return;
    const answer = await this.#parts.lookup(host);
    if (this.#watched.get(host) !== watched) return;
    const { clock, timers } = this.#parts;
    const nowMs = clock.monotonicMs();
    watched.state = afterAnswer(watched.state, answer, nowMs);
    const againMs = nowMs + askAgainAfterMs(watched.state, answer, nowMs);
    watched.asking = timers.at(againMs, () => {
      void this.#ask(host);
    });
    this.#awaitExpiry(host, watched, nowMs);
    const changed = this.#settle(watched);
    this.#parts.onResolved(host, watched.resolution, changed);
  }

  #awaitExpiry(host: string, watched: Watched, nowMs: number): void {
    watched.expiry?.cancel();
    const expiryMs = nextExpiryMs(watched.state, nowMs);
    if (expiryMs === Number.POSITIVE_INFINITY) return;
    watched.expiry = this.#parts.timers.at(expiryMs, () => {
      this.#awaitExpiry(host, watched, expiryMs);
      if (this.#settle(watched)) this.#parts.onResolved(host, watched.resolution, true);
    });
  }

  /** Works out the resolution again; whether it became another one. */
  #settle(watched: Watched): boolean {
    const nowMs = this.#parts.clock.monotonicMs();
    const resolution = resolutionOf(watched.state, nowMs, this.#addressLimit);
    if (isDeepStrictEqual(watched.resolution, resolution)) return false;
    watched.resolution = resolution;
    return true;
  }
}
