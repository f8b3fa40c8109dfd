import type { FastifyRequest } from "fastify";
import type { Path, PathState } from "../events.ts";
import { RequestError } from "./answers.ts";
import type { PathView } from "./readers.ts";
import { queryParameter } from "./routing.ts";

/** Which paths a request asks for; undefined takes all. */
export interface PathSelection {
  readonly state: PathState | undefined;
  readonly direction: Path["direction"] | undefined;
  readonly ipResource: string | undefined;
  readonly peer: string | undefined;
  readonly module: string | undefined;
}

const states: readonly PathState[] = ["down", "unknown", "up"];
const directions: readonly Path["direction"][] = ["inbound", "outbound"];

/**
 * Reads `state`, `direction`, `ip_resource`, `peer` and `module` of the query string. Throws a
 * `RequestError` for a state or direction that does not exist.
 */
export function pathSelection(request: FastifyRequest): PathSelection {
  return {
    state: oneOf(states, "state", queryParameter(request, "state")),
    direction: oneOf(directions, "direction", queryParameter(request, "direction")),
    ipResource: queryParameter(request, "ip_resource"),
    peer: queryParameter(request, "peer"),
    module: queryParameter(request, "module"),
  };
}

/** The selected paths, in the order given. */
export function selectPaths(views: readonly PathView[], selection: PathSelection): PathView[] {
  const { state, direction, ipResource, peer, module } = selection;
  return views.filter(
    (view) =>
      (state === undefined || view.state === state) &&
      (direction === undefined || view.path.direction === direction) &&
      (ipResource === undefined || view.path.ipResource === ipResource) &&
      (peer === undefined || view.path.peer === peer) &&
      (module === undefined || view.path.module === module),
  );
}

const naturally = new Intl.Collator("en", { numeric: true });

/**
 * The failing paths first, then those without a result, then the others; each by the name of its
 * IP resource (`vip-2` before `vip-10`), control paths last. The order is kept within.
 */
export function failingFirst(views: readonly PathView[]): PathView[] {
  const groups = new Map<string, Record<PathState, PathView[]>>();
  for (const view of views) {
    let group = groups.get(view.path.ipResource);
    if (group === undefined) {
      group = { down: [], unknown: [], up: [] };
      groups.set(view.path.ipResource, group);
    }
    group[view.state].push(view);
  }
  const ordered = [...groups].toSorted(([a], [b]) =>
    a === "" || b === "" ? Number(a === "") - Number(b === "") : naturally.compare(a, b),
  );
  const lists = states.flatMap((state) => ordered.map(([, group]) => group[state]));
  return ([] as PathView[]).concat(...lists);
}

function oneOf<T extends string>(
  allowed: readonly T[],
  name: string,
  value: string | undefined,
): T | undefined {
  if (value === undefined) return undefined;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new RequestError("bad_data", `${name} is one of: ${allowed.join(", ")}`);
  }
  return found;
}
