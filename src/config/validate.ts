import type { z } from "zod";
import type { ConfigDocument } from "./document.ts";
import type { ConfigPath, Problems } from "./problem.ts";
import { addObjections, missedChoices, objections, PARSE_OPTIONS } from "./schema-problems.ts";

/**
 * The value of a document as its schema wants it, and every objection of the schema as a problem.
 * Where a choice among fixed texts looks like something else to YAML (`mode: 1984`), its text
 * takes its place. The value may be relied on where `problems` knows of nothing unsound.
 */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  document: ConfigDocument,
  problems: Problems,
): z.input<Schema> {
  for (const { position, path, problem } of document.problems) {
    problems.addAt(position, path, problem);
  }
  const { value } = document;
  let result = schema.safeParse(value, PARSE_OPTIONS);
  if (!result.success) {
    for (const { path, values } of missedChoices(result.error.issues)) {
      const text = document.plainText(path);
      if (text !== null && values.includes(text)) replaceAt(value, path, text);
    }
    result = schema.safeParse(value, PARSE_OPTIONS);
  }
  if (!result.success) {
    const refused = new Set(document.problems.map(({ path }) => JSON.stringify(path)));
    const found = objections(schema, result.error.issues);
    // What may not be written at all has been said; that the schema misses it is no news.
    const news = found.filter(({ path }) => !refused.has(JSON.stringify(path)));
    addObjections(problems, [], news);
  }
  return value as z.input<Schema>;
}

function replaceAt(root: unknown, path: ConfigPath, value: unknown): void {
  let container = root as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) {
    container = container[step] as Record<string | number, unknown>;
  }
  const last = path.at(-1);
  if (last !== undefined) container[last] = value;
}
