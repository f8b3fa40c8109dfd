import { accessSync, constants, statSync } from "node:fs";
import { resolve } from "node:path";
import type { ConfigPath, Problems } from "./problem.ts";
import { quoted } from "./problem.ts";
import { FILE_TEXT, isFileKey } from "./secret-keys.ts";

/** Settings as the file has them, before a probe type's schema has parsed them. */
export type RawSettings = Readonly<Record<string, unknown>>;

/** Makes the paths of files absolute and checks that each file can be read. */
export class SecretFiles {
  readonly #folder: string;
  readonly #problems: Problems;
  readonly #verdicts = new Map<string, string | null>();

  /** `folder` is where relative paths start: the configuration file's own. */
  constructor(folder: string, problems: Problems) {
    this.#folder = folder;
    this.#problems = problems;
  }

  /** The settings with an absolute path under every key that ends in `_file`, at any depth. */
  resolved(settings: RawSettings, path: ConfigPath): RawSettings {
    return Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [
        key,
        this.#resolvedValue(key, value, [...path, key]),
      ]),
    );
  }

  #resolvedValue(key: string, value: unknown, path: ConfigPath): unknown {
    if (typeof value === "string" && isFileKey(key)) {
      const file = resolve(this.#folder, value);
      const wrong = value === "" ? `must be ${FILE_TEXT}, not ""` : this.#verdictOn(file);
      if (wrong !== null && !this.#problems.isUnsound(path)) this.#problems.add(path, wrong);
      return file;
    }
    if (Array.isArray(value)) {
      return value.map((item, index) => this.#resolvedValue("", item, [...path, index]));
    }
    return typeof value === "object" && value !== null
      ? this.resolved(value as RawSettings, path)
      : value;
  }

  #verdictOn(file: string): string | null {
    const known = this.#verdicts.get(file);
    if (known !== undefined) return known;
    const verdict = whyUnreadable(file);
    this.#verdicts.set(file, verdict);
    return verdict;
  }
}

function whyUnreadable(file: string): string | null {
  const must = `must be ${FILE_TEXT}, and ${quoted(file, 200)}`;
  try {
    accessSync(file, constants.R_OK);
    return statSync(file).isDirectory() ? `${must} is a folder` : null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? `${must} does not exist` : `${must} cannot be read (${code})`;
  }
}
