import type { PathStates } from "./diagnosis/path-states.ts";
import type { EventBus } from "./events.ts";
import type { History } from "./exporters/history.ts";
import type { ProbePath } from "./inventory/probe-path.ts";
import type { PathDetail, PathsReader, PathView, ResultSummary } from "./server/readers.ts";

/** The paths as the HTTP side reads them: what exists, how it stands, how it went. */
export class PathViews implements PathsReader {
  readonly #paths: () => ReadonlyMap<string, ProbePath>;
  readonly #states: PathStates;
  readonly #history: History;
  readonly #last = new Map<string, ResultSummary>();

  constructor(
    bus: EventBus,
    paths: () => ReadonlyMap<string, ProbePath>,
    states: PathStates,
    history: History,
  ) {
    this.#paths = paths;
    this.#states = states;
    this.#history = history;
    bus.on("probe.finished", ({ path, result }) => {
      const { outcome, startedAtMs, durationSeconds, failure } = result;
      this.#last.set(path.id, { outcome, startedAtMs, durationSeconds, failure });
    });
    bus.on("path.removed", ({ path }) => {
      this.#last.delete(path.id);
    });
  }

  list(): readonly PathView[] {
    return [...this.#paths().values()].map((path) => this.#view(path));
  }

  find(id: string): PathDetail | undefined {
    const path = this.#paths().get(id);
    if (path === undefined) return undefined;
    return { ...this.#view(path), history: this.#history.results(id) };
  }

  #view(path: ProbePath): PathView {
    return {
      path,
      state: this.#states.state(path.id),
      sinceMs: this.#states.sinceMs(path.id),
      lastResult: this.#last.get(path.id) ?? null,
    };
  }
}
