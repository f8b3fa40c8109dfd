import type { z } from "zod";
import type { ConfigEnvironment } from "./environment.ts";
import type { ConfigPath, Problems } from "./problem.ts";
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
