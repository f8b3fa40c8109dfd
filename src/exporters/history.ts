import type { AgentEvents, EventBus, ProbeResult } from "../events.ts";
import { PackedSuccesses, type OrderedResult } from "./packed-successes.ts";

/** How much is remembered. */
export interface HistoryLimits {
  /** Successes kept for each path. */
  readonly successesPerPath: number;
  /** A path's success is kept with its transcript at most this often. */
  readonly transcriptEveryMs: number;
  /** Failures kept for each path, longer than successes: they are what people look for. */
  readonly failuresPerPath: number;
  /** Failures kept in all; with very many paths each keeps fewer, but never less than one. */
  readonly failuresInAll: number;
}

const LIMITS: HistoryLimits = {
  successesPerPath: 10,
  transcriptEveryMs: 60_000,
  failuresPerPath: 20,
  failuresInAll: 20_000,
};

/** A result with all it carries, as JSON: one object for the garbage collector, not a hundred. */
interface WholeResult {
  readonly order: number;
  readonly startedAtMs: number;
  readonly json: string;
}

interface PathHistory {
  recorded: number;
  readonly successes: PackedSuccesses;
  /** The newest success that is kept whole: what a failure is compared with. */
  wholeSuccess: WholeResult | null;
  /** Results that failed, were inconclusive or ended with a warning; oldest first. */
  readonly failures: WholeResult[];
}

/**
 * The last results of every path, for the status page and the interface. A failure is kept whole;
 * of the successes times and phases are, and one a minute is whole, with its transcript.
 */
export class History {
  readonly #limits: HistoryLimits;
  readonly #paths = new Map<string, PathHistory>();

  constructor(bus: EventBus, limits: HistoryLimits = LIMITS) {
    this.#limits = limits;
    bus.on("probe.finished", (event) => {
      this.#record(event);
    });
    bus.on("path.removed", ({ path }) => {
      this.#paths.delete(path.id);
    });
  }

  /** The results that are kept of a path, newest first; none of a path that is not known. */
  results(pathId: string): readonly ProbeResult[] {
    const history = this.#paths.get(pathId);
    if (history === undefined) return [];
    const { wholeSuccess, successes, failures } = history;
    const whole = wholeSuccess === null ? failures : [...failures, wholeSuccess];
    const packed = successes.list().filter(({ order }) => order !== wholeSuccess?.order);
    return [...whole.map(parse), ...packed]
      .toSorted((a, b) => b.order - a.order)
      .map(({ result }) => result);
  }

  #record({ path, result }: AgentEvents["probe.finished"]): void {
    let history = this.#paths.get(path.id);
    if (history === undefined) {
      const successes = new PackedSuccesses(this.#limits.successesPerPath);
      history = { recorded: 0, successes, wholeSuccess: null, failures: [] };
      this.#paths.set(path.id, history);
    }
    const ordered = { order: history.recorded, result };
    history.recorded += 1;
    if (result.outcome === "success" && result.warnings.length === 0) {
      this.#keepSuccess(history, ordered);
    } else {
      history.failures.push(stringify(ordered));
      while (history.failures.length > this.#failuresKept()) history.failures.shift();
    }
  }

  #keepSuccess(history: PathHistory, success: OrderedResult): void {
    history.successes.add(success);
    const last = history.wholeSuccess;
    const isRecent =
      last !== null &&
      last.order > (history.failures.at(-1)?.order ?? -1) &&
      Math.abs(success.result.startedAtMs - last.startedAtMs) < this.#limits.transcriptEveryMs;
    if (!isRecent) history.wholeSuccess = stringify(success);
  }

  #failuresKept(): number {
    const share = Math.floor(this.#limits.failuresInAll / this.#paths.size);
    return Math.max(1, Math.min(this.#limits.failuresPerPath, share));
  }
}

function stringify({ order, result }: OrderedResult): WholeResult {
  return { order, startedAtMs: result.startedAtMs, json: JSON.stringify(result) };
}

function parse({ order, json }: WholeResult): OrderedResult {
  return { order, result: JSON.parse(json) as ProbeResult };
}
