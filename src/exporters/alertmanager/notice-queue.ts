import type { Notice } from "./alert-set.ts";

/**
 * The notices that wait for one Alertmanager, oldest first. A newer notice of the same alert takes
 * the older one's place, so that a target that was away is told how things are, not how they were.
 */
export class NoticeQueue {
  readonly #capacity: number;
  #waiting = new Map<string, Notice>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Appends notices, giving up the oldest when there are too many; returns how many those are. */
  put(notices: readonly Notice[]): number {
    for (const notice of notices) this.#waiting.set(notice.key, notice);
    return this.#dropOldest();
  }

  /** Takes out the oldest notices. */
  take(limit: number): readonly Notice[] {
    const taken: Notice[] = [];
    for (const [key, notice] of this.#waiting) {
      if (taken.length === limit) break;
      this.#waiting.delete(key);
      taken.push(notice);
    }
    return taken;
  }

  /** Puts notices back in front that were taken; those that a newer one replaced stay away. */
  putBack(notices: readonly Notice[]): number {
    const newer = this.#waiting;
    this.#waiting = new Map(notices.map((notice) => [notice.key, notice]));
    for (const [key, notice] of newer) this.#waiting.set(key, notice);
    return this.#dropOldest();
  }

  #dropOldest(): number {
    const excess = this.#waiting.size - this.#capacity;
    if (excess > 0) this.take(excess);
    return Math.max(0, excess);
  }
}
