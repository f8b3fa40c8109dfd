import type { Clock, Timer, TimerQueue } from "../clock.ts";
import { type Spreadable, SpreadGroup } from "./spread.ts";

/** When something is due: a cron expression in a time zone, or a fixed interval. */
type Schedule =
  | { readonly kind: "cron"; readonly expression: string; readonly timezone: string | null }
  | { readonly kind: "every"; readonly everyMs: number };

/** What the scheduler knows of a path. */
export interface Scheduled extends Spreadable {
  readonly intervalSeconds: number;
  readonly use: { readonly schedule: Schedule; readonly whileFailingMs: number | null };
}

/** Starts a cron task: calls back at each run with the milliseconds up to the next. */
export type StartCron = (
  expression: string,
  timezone: string | null,
  onRun: (untilNextMs: number) => void,
) => () => void;

export interface SchedulerParts<Path extends Scheduled> {
  readonly clock: Clock;
  readonly timers: TimerQueue;
  readonly startCron: StartCron;
  readonly onDue: (path: Path, dueMs: number) => void;
}

/** A round is never spread over more than this: who writes "at nine" means about nine. */
const MAX_WINDOW_MS = 600_000;

/** First runs of new paths, a second: soon after the start, and yet no herd. */
const FIRST_RUNS_PER_SECOND = 20;

interface Group<Path extends Scheduled> {
  readonly spread: SpreadGroup<Path>;
  readonly stop: () => void;
}

/**
 * Decides when each path is due. One group, with one cron task or one interval, for each distinct
 * schedule; within a round every path keeps its own place. A failing path leaves its group's rounds
 * for its second speed where it has one.
 */
export class Scheduler<Path extends Scheduled> {
  readonly #parts: SchedulerParts<Path>;
  readonly #groups = new Map<string, Group<Path>>();
  readonly #failing = new Map<string, Timer>();
  readonly #first = new Set<SpreadGroup<Path>>();
  #paths: ReadonlyMap<string, Path> = new Map();

  constructor(parts: SchedulerParts<Path>) {
    this.#parts = parts;
  }

  /** Takes over the paths that exist now. Those that stay keep their places; new ones run soon. */
  update(paths: ReadonlyMap<string, Path>): void {
    const added = [...paths.values()].filter((path) => !this.#paths.has(path.id));
    this.#paths = paths;
    for (const id of this.#failing.keys()) if (!paths.has(id)) this.#stopFailing(id);
    const bySchedule = groupBy(paths.values(), (path) => keyOf(path.use.schedule));
    for (const [key, group] of this.#groups) {
      if (bySchedule.has(key)) continue;
      this.#groups.delete(key);
      group.stop();
      group.spread.close();
    }
    for (const [key, members] of bySchedule) this.#setMembers(key, members);
    this.#runFirst(added);
  }

  /** Tells that a path has begun or ceased to fail. */
  setFailing(path: Path, failing: boolean): void {
    const everyMs = path.use.whileFailingMs;
    if (!failing || everyMs === null) this.#stopFailing(path.id);
    else if (!this.#failing.has(path.id)) {
      this.#runAgain(path.id, this.#parts.clock.monotonicMs() + everyMs);
    }
  }

  stop(): void {
    this.update(new Map());
    for (const spread of this.#first) spread.close();
    this.#first.clear();
  }

  #setMembers(key: string, members: readonly Path[]): void {
    const [first] = members;
    if (first === undefined) return;
    const group = this.#groups.get(key) ?? this.#newGroup(key, first.use.schedule);
    group.spread.setMembers(members);
  }

  #newGroup(key: string, schedule: Schedule): Group<Path> {
    const spread = this.#newSpread((path, dueMs) => {
      if (!this.#failing.has(path.id)) this.#parts.onDue(path, dueMs);
    });
    const group = { spread, stop: this.#begin(schedule, spread) };
    this.#groups.set(key, group);
    return group;
  }

  #newSpread(onDue: (path: Path, dueMs: number) => void): SpreadGroup<Path> {
    return new SpreadGroup(this.#parts.clock, this.#parts.timers, onDue);
  }

  #begin(schedule: Schedule, spread: SpreadGroup<Path>): () => void {
    const { clock, startCron } = this.#parts;
    if (schedule.kind === "cron") {
      return startCron(schedule.expression, schedule.timezone, (untilNextMs) => {
        spread.open(clock.monotonicMs(), Math.min(untilNextMs, MAX_WINDOW_MS));
      });
    }
    return this.#repeat(schedule.everyMs, (startMs) => {
      spread.open(startMs, Math.min(schedule.everyMs, MAX_WINDOW_MS));
    });
  }

  /** Calls back each `everyMs`; what a stall made it miss is left out, not caught up. */
  #repeat(everyMs: number, onRun: (atMs: number) => void): () => void {
    const { clock, timers } = this.#parts;
    let timer: Timer | null = null;
    const wait = (atMs: number): void => {
      timer = timers.at(atMs, () => {
        const late = Math.max(0, clock.monotonicMs() - atMs);
        const runMs = atMs + Math.floor(late / everyMs) * everyMs;
        onRun(runMs);
        wait(runMs + everyMs);
      });
    };
    wait(clock.monotonicMs() + everyMs);
    return () => {
      timer?.cancel();
    };
  }

  #runFirst(added: readonly Path[]): void {
    const spreadMs = (added.length / FIRST_RUNS_PER_SECOND) * 1000;
    const byWindow = groupBy(added, (path) => Math.min(spreadMs, path.intervalSeconds * 1000));
    for (const [windowMs, members] of byWindow) {
      const spread = this.#newSpread((path, dueMs) => {
        const current = this.#paths.get(path.id);
        if (current !== undefined) this.#parts.onDue(current, dueMs);
      });
      spread.setMembers(members);
      spread.open(this.#parts.clock.monotonicMs(), windowMs);
      this.#first.add(spread);
      this.#parts.timers.at(this.#parts.clock.monotonicMs() + windowMs + 1_000, () => {
        this.#first.delete(spread);
      });
    }
  }

  #runAgain(id: string, dueMs: number): void {
    const timer = this.#parts.timers.at(dueMs, () => {
      const path = this.#paths.get(id);
      const everyMs = path?.use.whileFailingMs ?? null;
      if (path === undefined || everyMs === null) {
        this.#failing.delete(id);
        return;
      }
      this.#parts.onDue(path, dueMs);
      this.#runAgain(id, Math.max(dueMs + everyMs, this.#parts.clock.monotonicMs()));
    });
    this.#failing.set(id, timer);
  }

  #stopFailing(id: string): void {
    this.#failing.get(id)?.cancel();
    this.#failing.delete(id);
  }
}

function keyOf(schedule: Schedule): string {
  return schedule.kind === "every"
    ? `every ${schedule.everyMs}`
    : `${schedule.timezone ?? ""} ${schedule.expression}`;
}

function groupBy<Key, Item>(
  items: Iterable<Item>,
  keyOfItem: (item: Item) => Key,
): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOfItem(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
