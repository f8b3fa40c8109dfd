import { listed } from "./allowed.ts";
import { nearest } from "./nearest.ts";
import type { ConfigPath } from "./problem.ts";
import { formatPath, quoted } from "./problem.ts";
import type { Entry, Reading } from "./reading.ts";

/**
 * The references of a list that lead somewhere, each with its path. A name that nothing has and a
 * name that is there twice are problems.
 */
export function references(
  { problems }: Reading,
  list: Entry<readonly string[] | undefined>,
  kind: string,
  names: ReadonlySet<string>,
): readonly Entry<string>[] {
  if (problems.isUnsound(list.path)) return [];
  const seen = new Set<string>();
  return (list.value ?? []).flatMap((value, index) => {
    const path = [...list.path, index];
    if (seen.has(value)) problems.add(path, `${quoted(value)} is in this list already`);
    else if (names.has(value)) {
      seen.add(value);
      return [{ value, path }];
    } else problems.add(path, nothingCalled(value, kind, names));
    return [];
  });
}

/** Reports entries whose name an earlier one has; returns every name of the list. */
export function uniqueNames(
  { problems }: Reading,
  entries: readonly Entry<{ readonly name: string }>[],
): ReadonlySet<string> {
  const firsts = new Map<string, ConfigPath>();
  for (const { value, path } of entries) {
    if (typeof value.name !== "string") continue;
    const first = firsts.get(value.name);
    if (first === undefined) firsts.set(value.name, path);
    else problems.add([...path, "name"], takenBy("name", value.name, first));
  }
  return new Set(firsts.keys());
}

/** The message for a value that must be unique. */
export function takenBy(what: string, value: string, owner: ConfigPath): string {
  return `the ${what} ${quoted(value)} is taken by ${formatPath(owner)}; each needs its own`;
}

function nothingCalled(name: string, kind: string, names: ReadonlySet<string>): string {
  const closest = nearest(name, names);
  const absent = `no ${kind} is called ${quoted(name)}`;
  return closest === null
    ? `${absent}; there is none`
    : `${absent}; the nearest is ${quoted(closest)} (allowed: ${listed([...names], "or")})`;
}
