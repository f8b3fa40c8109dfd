import { isDeepStrictEqual } from "node:util";
import type { Clock, Timer, TimerQueue } from "../clock.ts";
import type { Answer, Lookup, Resolution } from "./resolution.ts";

/** A name is asked for again when this part of its TTL is over, so that it never runs out unasked. */
const REFRESH_AT = 0.8;
const MIN_TTL_SECONDS = 5;
const MAX_TTL_SECONDS = 3_600;
/** Seconds until a name that has no address, or whose name server failed, is asked for again. */
const RETRY_SECONDS = 15;

interface Watched {
  resolution: Resolution | null;
  /** When the last good answer runs out, on the monotonic clock. */
  validUntilMs: number;
  timer: Timer | null;
}

export interface NameWatchParts {
  readonly clock: Clock;
  readonly timers: TimerQueue;
  readonly lookup: Lookup;
  /** Addresses of one name that are used at most. */
  readonly addressLimit: () => number;
  /** Called after each look-up, with whether it changed anything. */
  readonly onResolved: (host: string, resolution: Resolution, changed: boolean) => void;
}

/** Keeps host names resolved: asks again by TTL, and keeps a good answer until it runs out. */
export class NameWatch {
  readonly #parts: NameWatchParts;
  readonly #watched = new Map<string, Watched>();

  constructor(parts: NameWatchParts) {
    this.#parts = parts;
  }

  /** Watches these names and no others; resolves when each of them has had its first answer. */
  async watch(hosts: ReadonlySet<string>): Promise<void> {
    for (const [host, watched] of this.#watched) {
      if (hosts.has(host)) continue;
      watched.timer?.cancel();
      this.#watched.delete(host);
    }
    const added = [...hosts].filter((host) => !this.#watched.has(host));
    for (const host of added) {
      this.#watched.set(host, { resolution: null, validUntilMs: 0, timer: null });
    }
    await Promise.all(added.map((host) => this.#ask(host)));
  }

  resolutions(): ReadonlyMap<string, Resolution> {
    const known = new Map<string, Resolution>();
    for (const [host, { resolution }] of this.#watched) {
      if (resolution !== null) known.set(host, resolution);
    }
    return known;
  }

  stop(): void {
    for (const { timer } of this.#watched.values()) timer?.cancel();
    this.#watched.clear();
  }

  async #ask(host: string): Promise<void> {
    const watched = this.#watched.get(host);
    if (watched === undefined) return;
    const answer = await this.#parts.lookup(host);
    if (this.#watched.get(host) !== watched) return;
    const nowMs = this.#parts.clock.monotonicMs();
    const resolution = this.#resolve(watched, answer, nowMs);
    const delaySeconds =
      "error" in answer ? RETRY_SECONDS : clampTtl(answer.ttlSeconds) * REFRESH_AT;
    if (!("error" in answer)) watched.validUntilMs = nowMs + clampTtl(answer.ttlSeconds) * 1000;
    const untilExpiryMs = watched.validUntilMs - nowMs;
    const delayMs = delaySeconds * 1000;
    const next =
      "error" in answer && untilExpiryMs > 0 ? Math.min(delayMs, untilExpiryMs) : delayMs;
    watched.timer = this.#parts.timers.at(nowMs + next, () => {
      void this.#ask(host);
    });
    const changed = !isDeepStrictEqual(watched.resolution, resolution);
    watched.resolution = resolution;
    this.#parts.onResolved(host, resolution, changed);
  }

  #resolve(watched: Watched, answer: Answer, nowMs: number): Resolution {
    if (!("error" in answer)) {
      const sorted = answer.addresses.toSorted();
      const addresses = sorted.slice(0, this.#parts.addressLimit());
      return { addresses, omitted: sorted.length - addresses.length, error: null };
    }
    const last = watched.resolution;
    if (answer.error === "name_not_found" || last === null) {
      return { addresses: [], omitted: 0, error: answer.error };
    }
    return nowMs < watched.validUntilMs ? last : { ...last, error: "resolver_failed" };
  }
}

function clampTtl(seconds: number): number {
  return Math.min(MAX_TTL_SECONDS, Math.max(MIN_TTL_SECONDS, seconds));
}
