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
export class SpreadGroup<Member extends Spreadable> {
  readonly #clock: Clock;
  readonly #timers: TimerQueue;
  readonly #onDue: (member: Member, dueMs: number) => void;
  readonly #rounds = new Set<Round>();
  #members: readonly Member[] = [];

  constructor(clock: Clock, timers: TimerQueue, onDue: (member: Member, dueMs: number) => void) {
    this.#clock = clock;
    this.#timers = timers;
    this.#onDue = onDue;
  }

  /** Replaces the members; a round that is open goes on behind the place it has reached. */
  setMembers(members: Iterable<Member>): void {
    const sorted = [...members].toSorted((one, other) => one.offset - other.offset);
    for (const round of this.#rounds) {
      const reached = this.#members[round.next - 1]?.offset ?? -1;
      const next = sorted.findIndex((member) => member.offset > reached);
      round.next = next === -1 ? sorted.length : next;
    }
    this.#members = sorted;
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

  #arm(round: Round): void {
    const member = this.#members[round.next];
    if (member === undefined) {
      this.#rounds.delete(round);
      return;
    }
    round.timer = this.#timers.at(dueOf(round, member), () => {
      this.#walk(round);
    });
  }

  #walk(round: Round): void {
    const nowMs = this.#clock.monotonicMs();
    for (;;) {
      const member = this.#members[round.next];
      if (member === undefined) break;
      const dueMs = dueOf(round, member);
      if (dueMs > nowMs) break;
      round.next++;
      this.#onDue(member, dueMs);
    }
    this.#arm(round);
  }
}

function dueOf(round: Round, member: Spreadable): number {
  return round.startMs + member.offset * round.windowMs;
}
