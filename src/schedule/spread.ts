import type { Clock, Timer, TimerQueue } from "../clock.ts";

/** Something that is due once a round, at its own stable place in it. */
export interface Spreadable {
  readonly id: string;
  /** From 0 up to 1. */
  readonly offset: number;
}

interface Round {
  readonly startMs: number;
  readonly windowMs: number;
  /** Index of the next member that is due. */
  next: number;
  timer: Timer | null;
}

/**
 * Members that share a schedule. Opening a round costs one timer, however many members there are:
 * they are sorted by offset, and the round walks along them.
 */
export class SpreadGroup {
  readonly #clock: Clock;
  readonly #timers: TimerQueue;
  readonly #onDue: (id: string, dueMs: number) => void;
  readonly #rounds = new Set<Round>();
  #members: readonly Spreadable[] = [];

  constructor(clock: Clock, timers: TimerQueue, onDue: (id: string, dueMs: number) => void) {
    this.#clock = clock;
    this.#timers = timers;
    this.#onDue = onDue;
  }

  /** In the order of their places. */
  get members(): readonly Spreadable[] {
    return this.#members;
  }

  /**
   * Lets members go and others join. Those that stay keep their places in the rounds that are open;
   * a new one takes part in them if its place is still ahead.
   */
  change(joining: readonly Spreadable[], leaving: ReadonlySet<string>): void {
    const nowMs = this.#clock.monotonicMs();
    for (const round of this.#rounds) this.#walk(round, nowMs);
    const staying = this.#members.filter(({ id }) => !leaving.has(id));
    // Sorting is cheap: those who stay are in order.
    this.#members = [...staying, ...joining.toSorted(byOffset)].toSorted(byOffset);
    for (const round of this.#rounds) {
      const next = this.#members.findIndex((member) => dueOf(round, member) > nowMs);
      round.next = next === -1 ? this.#members.length : next;
      this.#arm(round);
    }
  }

  /** Opens a round: each member is due at `startMs` and its offset's share of the window. */
  open(startMs: number, windowMs: number): void {
    const round: Round = { startMs, windowMs, next: 0, timer: null };
    this.#rounds.add(round);
    this.#arm(round);
  }

  /** Ends every open round. */
  close(): void {
    for (const round of this.#rounds) round.timer?.cancel();
    this.#rounds.clear();
  }

  /** A round that has no member left stays open to new ones until its window ends. */
  #arm(round: Round): void {
    round.timer?.cancel();
    const member = this.#members[round.next];
    const endMs = round.startMs + round.windowMs;
    round.timer = this.#timers.at(member === undefined ? endMs : dueOf(round, member), () => {
      const nowMs = this.#clock.monotonicMs();
      this.#walk(round, nowMs);
      if (nowMs < endMs || round.next < this.#members.length) this.#arm(round);
      else this.#rounds.delete(round);
    });
  }

  #walk(round: Round, nowMs: number): void {
    for (;;) {
      const member = this.#members[round.next];
      if (member === undefined) return;
      const dueMs = dueOf(round, member);
      if (dueMs > nowMs) return;
      round.next++;
      this.#onDue(member.id, dueMs);
    }
  }
}

function dueOf(round: Round, member: Spreadable): number {
  return round.startMs + member.offset * round.windowMs;
}

function byOffset(one: Spreadable, other: Spreadable): number {
  return one.offset - other.offset;
}
