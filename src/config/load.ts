import { closeSync, openSync, readSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isUtf8 } from "node:buffer";
import { readDocument } from "./document.ts";
import type { ConfigEnvironment } from "./environment.ts";
import type { AgentConfig } from "./model.ts";
import type { ConfigProblem } from "./problem.ts";
import { formatProblem, Problems } from "./problem.ts";
import { redacted } from "./redact.ts";
import { resolveConfig } from "./resolve.ts";
import { configSchema } from "./schema.ts";
import { SecretFiles } from "./secret-files.ts";
import { validate } from "./validate.ts";

/** Largest file that is read. */
const MAX_BYTES = 16 * 1024 * 1024;

/** A configuration, or everything that is wrong with it. */
export type LoadedConfig =
  | {
      readonly ok: true;
      readonly config: AgentConfig;
      /** The file as YAML that may be shown to anyone who may see the agent. */
      readonly redacted: string;
      /** What is allowed and will hardly be wanted: lines like those of problems. */
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly errors: readonly ConfigProblem[] };

/** Reads and judges a configuration file. A file that cannot be read is a problem at 1:1. */
export function loadConfig(file: string, environment: ConfigEnvironment): LoadedConfig {
  let bytes: Buffer;
  try {
    bytes = readAtMost(file, MAX_BYTES + 1);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return unreadable(file, `cannot be read (${code ?? "unknown error"})`);
  }
  if (bytes.length > MAX_BYTES) return unreadable(file, "must be at most 16 MiB");
  if (!isUtf8(bytes)) return unreadable(file, "must be text in UTF-8");
  return parseConfig(bytes.toString("utf8"), file, environment);
}

/**
 * Judges the text of a configuration file. `fileName` is shown in problems, and its folder is where
 * relative paths in the text start. Every problem is found at once, except that a text that is no
 * YAML has only its syntax errors.
 */
export function parseConfig(
  text: string,
  fileName: string,
  environment: ConfigEnvironment,
): LoadedConfig {
  const document = readDocument(text);
  const problems = new Problems(fileName, document.locate);
  const schema = configSchema(environment.probeTypes, environment.validCron);
  if (!document.readable) {
    for (const { position, path, problem } of document.problems) {
      problems.addAt(position, path, problem);
    }
    return { ok: false, errors: problems.errors };
  }
  const file = validate(schema, document, problems);
  const files = new SecretFiles(dirname(resolve(fileName)), problems);
  const config = resolveConfig({ schema, file, problems, environment, files });
  if (problems.errors.length > 0) return { ok: false, errors: problems.errors };
  return {
    ok: true,
    config,
    redacted: redacted(file),
    warnings: problems.warnings.map(formatProblem),
  };
}

function unreadable(file: string, problem: string): LoadedConfig {
  return { ok: false, errors: [{ file, line: 1, column: 1, where: "file", problem }] };
}

function readAtMost(file: string, limit: number): Buffer {
  const descriptor = openSync(file, "r");
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    while (size < limit) {
      const chunk = Buffer.allocUnsafe(Math.min(65_536, limit - size));
      const length = readSync(descriptor, chunk);
      if (length === 0) break;
      chunks.push(chunk.subarray(0, length));
      size += length;
    }
    return Buffer.concat(chunks, size);
  } finally {
    closeSync(descriptor);
  }
}
