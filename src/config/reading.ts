import type { z } from "zod";
import type { ConfigEnvironment } from "./environment.ts";
import type { ConfigPath, Problems } from "./problem.ts";
import { formatPath, quoted } from "./problem.ts";
import { listed } from "./allowed.ts";
import { nearest } from "./nearest.ts";
import type { ConfigFile, configSchema } from "./schema.ts";
import type { SecretFiles } from "./secret-files.ts";

/** A file on its way from text to `AgentConfig`: what the schema has seen, and what was found. */
export interface Reading {
  readonly schema: ReturnType<typeof configSchema>;
  /** To be relied on where `problems` knows of nothing unsound. */
  readonly file: ConfigFile;
  readonly problems: Problems;
  readonly environment: ConfigEnvironment;
  readonly files: SecretFiles;
}

type SectionName = Exclude<keyof ConfigFile, "modules" | "ip_resources" | "peers">;

/** A section with its defaults; the defaults alone when it is wrong. */
export function section<Name extends SectionName>(
  { schema, file, problems }: Reading,
  name: Name,
): z.output<Reading["schema"]["shape"][Name]> {
  const sound = problems.isUnsound([name]) ? undefined : file[name];
  return schema.shape[name].parse(sound) as z.output<Reading["schema"]["shape"][Name]>;
}

/** An entry of a list or map of the file, with its path. */
export interface Entry<Value> {
  readonly value: Value;
  readonly path: ConfigPath;
}

/** The entries of a list that are maps at least; nothing when it is no list. */
export function listEntries<Value>(
  list: readonly Value[] | undefined,
  path: ConfigPath,
): readonly Entry<Value>[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly Value[])
    .map((value, index) => ({ value, path: [...path, index] }))
    .filter(({ value }) => isMap(value));
}

/** Whether a value of the file is a map of keys. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

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
  return closest === null
    ? `no ${kind} is called ${quoted(name)}; there is none`
    : `no ${kind} is called ${quoted(name)}; the nearest is ${quoted(closest)} (allowed: ${listed([...names], "or")})`;
}
