import type { z } from "zod";
import { allowedText, listed, shownValue } from "./allowed.ts";
import { nearest } from "./nearest.ts";
import type { ConfigPath, Problems } from "./problem.ts";
import { quoted } from "./problem.ts";
import { allowedKeys, schemaAt } from "./schema-walk.ts";
import { FILE_TEXT, isFileKey, isSecretValueKey } from "./secret-keys.ts";

type Issue = z.core.$ZodIssue;

/**
 * How schemas are asked: the message of an issue is empty unless the schema brings its own, and
 * the value is at hand.
 */
export const PARSE_OPTIONS = { error: () => "", reportInput: true } as const;

/** One thing that a schema objects to, in words. */
export interface Objection {
  readonly path: ConfigPath;
  readonly problem: string;
  readonly isUnknownKey: boolean;
}

/** What a schema objects to, one entry per place, each saying what is allowed there. */
export function objections(schema: z.ZodType, issues: readonly Issue[]): readonly Objection[] {
  return issues.flatMap((issue) => objectionsTo(schema, issue, []));
}

/** Every choice among fixed values that was not met, also inside alternatives. */
export function missedChoices(
  issues: readonly Issue[],
  prefix: ConfigPath = [],
): readonly { readonly path: ConfigPath; readonly values: readonly unknown[] }[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...(issue.path as ConfigPath)];
    if (issue.code === "invalid_value") return [{ path, values: issue.values }];
    return issue.code === "invalid_union"
      ? issue.errors.flatMap((branch) => missedChoices(branch, path))
      : [];
  });
}

/** Adds what a schema objects to; `at` is where the value that was parsed stands in the file. */
export function addObjections(
  problems: Problems,
  at: ConfigPath,
  found: readonly Objection[],
): void {
  for (const { path, problem, isUnknownKey } of found) {
    problems.add([...at, ...path], problem, isUnknownKey ? "key" : "value");
  }
}

function objectionsTo(root: z.ZodType, issue: Issue, prefix: ConfigPath): readonly Objection[] {
  const path = [...prefix, ...(issue.path as ConfigPath)];
  if (issue.code === "unrecognized_keys") {
    const keys = allowedKeys(schemaAt(root, path) ?? root);
    return issue.keys.map((key) => ({
      path: [...path, key],
      problem: unknownKey(key, keys),
      isUnknownKey: true,
    }));
  }
  if (issue.code === "invalid_union" && issue.message === "") {
    const inside = issue.errors.filter((branch) => branch.every((each) => each.path.length > 0));
    const [only] = inside;
    if (only !== undefined && inside.length === 1) {
      return only.flatMap((each) => objectionsTo(root, each, path));
    }
  }
  return [{ path, problem: wrongValue(root, issue, path), isUnknownKey: false }];
}

function unknownKey(key: string, keys: readonly string[]): string {
  const closest = nearest(key, keys);
  return closest === null
    ? "unknown key; no keys are allowed here"
    : `unknown key; the nearest allowed key is ${quoted(closest)} (allowed: ${listed(keys, "and")})`;
}

function wrongValue(root: z.ZodType, issue: Issue, path: ConfigPath): string {
  if (issue.message !== "") return issue.message;
  const schema = schemaAt(root, path) ?? root;
  const key = path.findLast((step) => typeof step === "string") ?? "";
  const { input } = issue;
  const allowed = isFileKey(key) ? FILE_TEXT : allowedText(schema);
  if (input === undefined) return `is missing: must be ${allowed}`;
  if (input === null) return `has no value: must be ${allowed}`;
  if (isFileKey(key) || isSecretValueKey(key)) return `must be ${allowed}`;
  return `must be ${allowed}, not ${shownValue(input)}${hint(schema, issue)}`;
}

function hint(schema: z.ZodType, { code, input, ...issue }: Issue): string {
  if (typeof input !== "string" && typeof input !== "number" && typeof input !== "boolean") {
    return "";
  }
  const text = String(input);
  if (code === "invalid_value" && "values" in issue) {
    const closest = nearest(text, issue.values.map(String));
    return closest === null ? "" : `; the nearest is ${quoted(closest)}`;
  }
  const quotesHelp = typeof input !== "string" && schema.safeParse(text).success;
  return quotesHelp ? `; as text it is written ${quoted(text)}` : "";
}
