import type { AgentEvents, EventBus, ProbeResult } from "../events.ts";
import { PackedSuccesses, type OrderedResult } from "./packed-successes.ts";

/** How much is remembered. */
export interface HistoryLimits {
  /** Successes kept for each path. */
  readonly successesPerPath: number;
  /** Failures kept for each path, longer than successes: they are what people look for. */
  readonly failuresPerPath: number;
  /** Failures kept in all; with very many paths each keeps fewer, but never less than one. */
  readonly failuresInAll: number;
}

const LIMITS: HistoryLimits = {
  successesPerPath: 10,
  failuresPerPath: 20,
  failuresInAll: 20_000,
};

interface PathHistory {
  recorded: number;
  /** The newest success, whole: what a failure is compared with. */
  newestSuccess: OrderedResult | null;
  olderSuccesses: PackedSuccesses | null;
  /** Whole results that failed, said nothing, or ended with a warning; oldest first. */
  readonly failures: OrderedResult[];
}

/**
 * The last results of every path, for the status page and the interface. A failure is kept with its
 * transcript; of the successes only the newest has one, the older ones are times and phases.
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
    const kept = [
      ...history.failures,
      ...(history.newestSuccess === null ? [] : [history.newestSuccess]),
      ...(history.olderSuccesses?.list() ?? []),
    ];
    return kept.toSorted((a, b) => b.order - a.order).map(({ result }) => result);
  }

  #record({ path, result }: AgentEvents["probe.finished"]): void {
    let history = this.#paths.get(path.id);
    if (history === undefined) {
      history = { recorded: 0, newestSuccess: null, olderSuccesses: null, failures: [] };
      this.#paths.set(path.id, history);
    }
    const ordered = { order: history.recorded, result };
    history.recorded += 1;
    if (result.outcome === "success" && result.warnings.length === 0) {
      this.#keepSuccess(history, ordered);
    } else {
      history.failures.push(ordered);
      while (history.failures.length > this.#failuresKept()) history.failures.shift();
    }
  }

  #keepSuccess(history: PathHistory, success: OrderedResult): void {
    if (history.newestSuccess !== null) {
      history.olderSuccesses ??= new PackedSuccesses(this.#limits.successesPerPath - 1);
      history.olderSuccesses.add(history.newestSuccess);
    }
    history.newestSuccess = success;
  }

  #failuresKept(): number {
    const share = Math.floor(this.#limits.failuresInAll / this.#paths.size);
    return Math.max(1, Math.min(this.#limits.failuresPerPath, share));
  }
}
