import type { Clock, TimerQueue } from "../clock.ts";
import { CronRounds, type StartCron } from "./cron-rounds.ts";
import { FailingPace } from "./failing-pace.ts";
import { FirstRuns } from "./first-runs.ts";
import { everyRounds, type Round } from "./rounds.ts";
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

export interface SchedulerParts<Path extends Scheduled> {
  readonly clock: Clock;
  readonly timers: TimerQueue;
  readonly startCron: StartCron;
  readonly onDue: (path: Path, dueMs: number) => void;
  /** Told of runs that a stall left out altogether. */
  readonly onMissed: (path: Path, runs: number) => void;
}

/** A round of a cron expression is never spread over more: "at nine" means about nine. */
const CRON_WINDOW_MS = 600_000;

interface Group {
  readonly spread: SpreadGroup;
  readonly stop: () => void;
}

/** What changes in the group of one schedule. */
interface Change<Path> {
  readonly schedule: Schedule;
  readonly joining: Path[];
  readonly leaving: Set<string>;
}

/**
 * Decides when each path is due. One group, with one cron task or one interval, for each distinct
 * schedule; within a round every path keeps its own place. A new path has its first run soon and
 * joins the rounds then; a failing one leaves them for its second speed where it has one.
 */
export class Scheduler<Path extends Scheduled> {
  readonly #parts: SchedulerParts<Path>;
  readonly #groups = new Map<string, Group>();
  readonly #firstRuns: FirstRuns;
  readonly #failing: FailingPace<Path>;
  #paths: ReadonlyMap<string, Path> = new Map();

  constructor(parts: SchedulerParts<Path>) {
    const { clock, timers, onMissed } = parts;
    this.#parts = parts;
    this.#firstRuns = new FirstRuns(clock, timers, (id, dueMs) => {
      this.#run(id, dueMs);
    });
    this.#failing = new FailingPace({
      clock,
      timers,
      onDue: ({ id }, dueMs) => {
        this.#run(id, dueMs);
      },
      onMissed,
    });
  }

  /** Takes over the paths that exist now. Those that stay keep their places; new ones run soon. */
  update(paths: ReadonlyMap<string, Path>): void {
    const before = this.#paths;
    this.#paths = paths;
    this.#failing.update(paths);
    for (const [key, change] of changes(before, paths)) this.#change(key, change);
    this.#firstRuns.begin([...paths.values()].filter(({ id }) => !before.has(id)));
  }

  /** Tells that a path has begun or ceased to fail. */
  setFailing(path: Path, failing: boolean): void {
    this.#failing.set(path, failing);
  }

  stop(): void {
    this.update(new Map());
    this.#firstRuns.stop();
  }

  #run(id: string, dueMs: number): void {
    const path = this.#paths.get(id);
    if (path !== undefined) this.#parts.onDue(path, dueMs);
  }

  #change(key: string, { schedule, joining, leaving }: Change<Path>): void {
    const group = this.#groups.get(key) ?? this.#newGroup(key, schedule);
    group.spread.change(joining, leaving);
    if (group.spread.members.length > 0) return;
    this.#groups.delete(key);
    group.stop();
    group.spread.close();
  }

  #newGroup(key: string, schedule: Schedule): Group {
    const { clock, timers } = this.#parts;
    const spread = new SpreadGroup(clock, timers, (id, dueMs) => {
      if (!this.#failing.has(id) && !this.#firstRuns.covers(id, dueMs)) this.#run(id, dueMs);
    });
    const group = { spread, stop: this.#beginRounds(schedule, spread) };
    this.#groups.set(key, group);
    return group;
  }

  #beginRounds(schedule: Schedule, spread: SpreadGroup): () => void {
    const { clock, timers, startCron } = this.#parts;
    const isCron = schedule.kind === "cron";
    const onRound = ({ startMs, lengthMs, missed }: Round): void => {
      if (missed > 0) this.#miss(spread.members, missed);
      spread.open(startMs, isCron ? Math.min(lengthMs, CRON_WINDOW_MS) : lengthMs);
    };
    const parts = { clock, timers, onRound };
    if (!isCron) {
      return everyRounds(parts, schedule.everyMs, clock.monotonicMs() + schedule.everyMs);
    }
    const rounds = new CronRounds(parts, startCron, schedule);
    return () => {
      rounds.stop();
    };
  }

  #miss(members: readonly Spreadable[], runs: number): void {
    for (const { id } of members) {
      const path = this.#paths.get(id);
      if (path !== undefined && !this.#failing.has(id)) this.#parts.onMissed(path, runs);
    }
  }
}

/** What changes in each schedule's group; most paths are the same objects as before. */
function changes<Path extends Scheduled>(
  before: ReadonlyMap<string, Path>,
  after: ReadonlyMap<string, Path>,
): ReadonlyMap<string, Change<Path>> {
  const found = new Map<string, Change<Path>>();
  const changeFor = ({ use: { schedule } }: Path): Change<Path> => {
    const key = keyOf(schedule);
    const change = found.get(key) ?? { schedule, joining: [], leaving: new Set() };
    found.set(key, change);
    return change;
  };
  for (const path of before.values()) {
    if (!isAmong(after, path)) changeFor(path).leaving.add(path.id);
  }
  for (const path of after.values()) {
    if (!isAmong(before, path)) changeFor(path).joining.push(path);
  }
  return found;
}

/** Whether a path is among others, on the same schedule. */
function isAmong(paths: ReadonlyMap<string, Scheduled>, path: Scheduled): boolean {
  const other = paths.get(path.id);
  if (other === undefined || other === path) return other === path;
  return keyOf(other.use.schedule) === keyOf(path.use.schedule);
}

function keyOf(schedule: Schedule): string {
  return schedule.kind === "every"
    ? `every ${schedule.everyMs}`
    : `${schedule.timezone ?? ""} ${schedule.expression}`;
}
