import type { EventBus, Path } from "./events.ts";

/** Whether the first round is over: every path that existed at the start has been run, or is gone. */
export class Readiness {
  #waiting: Set<string> | null = null;

  constructor(bus: EventBus) {
    const done = ({ path }: { readonly path: Path }): void => {
      this.#waiting?.delete(path.id);
    };
    bus.on("probe.finished", done);
    bus.on("probe.missed", done);
    bus.on("path.removed", done);
  }

  get ready(): boolean {
    return this.#waiting?.size === 0;
  }

  /** The first round begins with these paths. */
  begin(paths: ReadonlyMap<string, Path>): void {
    this.#waiting ??= new Set(paths.keys());
  }
}
