import type { Clock, Timer, TimerQueue } from "../clock.ts";

/** Milliseconds of one slot: what a timer may be late by design. */
const TICK_MS = 2;
const SLOTS = 8_192;

/** A wait that ends this much too late means that the process did not run. */
const STALL_MS = 500;

/** While a timer is armed the wheel turns at least this often, so that it notices a stall. */
const HEARTBEAT_TICKS = 125;

class Entry implements Timer {
  readonly tick: number;
  callback: (() => void) | null;
  previous: Entry | null = null;
  next: Entry | null = null;

  constructor(tick: number, callback: (() => void) | null) {
    this.tick = tick;
    this.callback = callback;
  }

  cancel(): void {
    this.callback = null;
    if (this.previous === null) return;
    this.previous.next = this.next;
    if (this.next !== null) this.next.previous = this.previous;
    // `next` stays: a turn that is passing over this entry finds its way on.
    this.previous = null;
  }
}

/**
 * A timing wheel: any number of timers behind one of the host's. Arming and cancelling take
 * constant time; a timer that lies more than a turn ahead is passed over until its turn comes.
 * It also notices when the process stood still, since then its own timer comes late.
 */
export class TimingWheel implements TimerQueue {
  readonly #clock: Clock;
  readonly #slots: readonly Entry[];
  #done: number;
  #host: Timer | null = null;
  #armedTick = Number.POSITIVE_INFINITY;
  #stalledAtMs = Number.NEGATIVE_INFINITY;
  #running = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#slots = Array.from({ length: SLOTS }, () => new Entry(-1, null));
    this.#done = Math.floor(clock.monotonicMs() / TICK_MS);
  }

  at(atMs: number, callback: () => void): Timer {
    const tick = Math.max(Math.ceil(atMs / TICK_MS), this.#done + 1);
    const entry = new Entry(tick, callback);
    const head = this.#head(tick);
    entry.previous = head;
    entry.next = head.next;
    if (head.next !== null) head.next.previous = entry;
    head.next = entry;
    if (!this.#running && tick < this.#armedTick) this.#arm(tick);
    return entry;
  }

  /** Whether the process stood still at any time since `sinceMs` of the monotonic clock. */
  stalledSince(sinceMs: number): boolean {
    return this.#stalledAtMs >= sinceMs || this.#lateMs() > STALL_MS;
  }

  /** Takes the host's timer back; timers that are still armed never fire. */
  stop(): void {
    this.#host?.cancel();
    this.#host = null;
  }

  #lateMs(): number {
    if (this.#armedTick === Number.POSITIVE_INFINITY) return 0;
    return this.#clock.monotonicMs() - this.#armedTick * TICK_MS;
  }

  #arm(tick: number): void {
    this.#host?.cancel();
    const nowMs = this.#clock.monotonicMs();
    this.#armedTick = Math.min(tick, Math.ceil(nowMs / TICK_MS) + HEARTBEAT_TICKS);
    const delayMs = Math.max(0, this.#armedTick * TICK_MS - nowMs);
    this.#host = this.#clock.setTimer(Math.ceil(delayMs), () => {
      this.#turn();
    });
  }

  #turn(): void {
    const nowMs = this.#clock.monotonicMs();
    if (this.#lateMs() > STALL_MS) this.#stalledAtMs = nowMs;
    this.#armedTick = Number.POSITIVE_INFINITY;
    const nowTick = Math.floor(nowMs / TICK_MS);
    this.#running = true;
    const first = Math.max(this.#done + 1, nowTick - SLOTS + 1);
    for (let tick = first; tick <= nowTick; tick++) {
      this.#done = tick;
      this.#fire(this.#head(tick), nowTick);
    }
    this.#running = false;
    this.#rearm();
  }

  #fire(head: Entry, nowTick: number): void {
    let entry = head.next;
    while (entry !== null) {
      const following: Entry | null = entry.next;
      if (entry.tick <= nowTick) {
        const { callback } = entry;
        entry.cancel();
        callback?.();
      }
      entry = following;
    }
  }

  /** Arms for the next slot that holds a timer, at the latest for the end of this turn. */
  #rearm(): void {
    // The last one is the slot of this very tick: it may hold timers of later turns.
    for (let ahead = 1; ahead <= SLOTS; ahead++) {
      const tick = this.#done + ahead;
      if (this.#head(tick).next !== null) {
        this.#arm(tick);
        return;
      }
    }
  }

  #head(tick: number): Entry {
    const head = this.#slots[tick & (SLOTS - 1)];
    if (head === undefined) throw new RangeError(`no slot for tick ${tick}`);
    return head;
  }
}
