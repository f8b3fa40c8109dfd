import { z } from "zod";
import { quoted } from "./problem.ts";
import { allowedKeys, unwrapped } from "./schema-walk.ts";

/** Number of keys or values that a message lists; longer lists help nobody. */
const LISTED = 16;

/** What a value may be, in words, for schemas whose own constraints do not say it well. */
const allowedTexts = z.registry<{ readonly text: string }>();

interface CheckedText {
  /** What the value may be; messages put "must be" before it. */
  readonly allowed: string;
  /** True when it is; otherwise why not, or just false. */
  readonly accepts: (text: string) => true | false | string;
  /** A regular expression that says the same, or less, in the JSON Schema. */
  readonly pattern?: string;
  /** False for what may hold a secret: no message repeats it then. */
  readonly shown?: boolean;
}

/** Words for what a schema allows, where its own constraints make none that read well. */
export function worded<Schema extends z.ZodType>(schema: Schema, text: string): Schema {
  allowedTexts.add(schema, { text });
  return schema;
}

/** A schema for text that a function judges, with one wording for messages and documentation. */
export function checkedText({ allowed, accepts, pattern, shown = true }: CheckedText): z.ZodString {
  const schema = z.string().check(({ value, issues }) => {
    const verdict = accepts(value);
    if (verdict === true) return;
    const found = shown ? `, not ${shownValue(value)}` : "";
    const why = verdict === false ? "" : ` (${verdict})`;
    issues.push({ code: "custom", message: `must be ${allowed}${found}${why}`, input: value });
  });
  return worded(pattern === undefined ? schema : schema.meta({ pattern }), allowed);
}

/** What a value may be, in words: "a whole number from 1 to 65535". */
export function allowedText(schema: z.ZodType): string {
  const inner = unwrapped(schema);
  const registered = allowedTexts.get(inner);
  if (registered !== undefined) return registered.text;
  if (inner instanceof z.ZodUnion) {
    return [...new Set((inner.options as readonly z.ZodType[]).map(allowedText))].join(", or ");
  }
  if (inner instanceof z.ZodObject || inner instanceof z.ZodRecord) return mapText(inner);
  if (inner instanceof z.ZodArray) {
    const list = inner.safeParse([]).success ? "a list" : "a non-empty list";
    return `${list}, each item ${allowedText(inner.element as z.ZodType)}`;
  }
  return leafText(z.toJSONSchema(inner, { io: "input", unrepresentable: "any" }));
}

/** A value as a message repeats it: cut, escaped, and without the values in maps and lists. */
export function shownValue(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) {
    const keys = Object.keys(value).map((key) => quoted(key, 20));
    return keys.length === 0 ? "an empty map" : `a map with ${listed(keys, "and")}`;
  }
  return typeof value === "number" ? `the number ${value}` : String(value);
}

/** `a`, `a or b`, `a, b or c`; only the first ones of a long list. */
export function listed(words: readonly string[], conjunction: "or" | "and"): string {
  if (words.length > LISTED) return `${words.slice(0, LISTED).join(", ")}, …`;
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} ${conjunction} ${last}`;
}

function mapText(map: z.ZodType): string {
  const keys = allowedKeys(map);
  if (keys.length === 0) return "a map";
  return `a map with the ${keys.length === 1 ? "key" : "keys"} ${listed(keys, "and")}`;
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

function leafText(json: JsonSchema): string {
  const values = json.enum ?? (json.const === undefined ? undefined : [json.const]);
  if (values !== undefined) return listed(values.map(String), "or");
  if (json.type === "boolean") return "true or false";
  if (json.type === "integer") return `a whole number${rangeText(json)}`;
  if (json.type === "number") return `a number${rangeText(json)}`;
  if (json.type !== "string") return "a value";
  const length = json.maxLength === undefined ? "" : ` of at most ${json.maxLength} characters`;
  return `text${length}${json.pattern === undefined ? "" : ` that matches ${json.pattern}`}`;
}

function rangeText(json: JsonSchema): string {
  const least = ownBound(json.minimum);
  const most = ownBound(json.maximum);
  if (least !== undefined && most !== undefined) return ` from ${least} to ${most}`;
  const bounds = [
    ["of at least", least],
    ["above", ownBound(json.exclusiveMinimum)],
    ["of at most", most],
    ["below", ownBound(json.exclusiveMaximum)],
  ] as const;
  const texts = bounds.flatMap(([words, bound]) => (bound === undefined ? [] : [words, bound]));
  return texts.length === 0 ? "" : ` ${texts.join(" ")}`;
}

/** A bound that the schema's author set: not the range of the whole numbers that JSON can carry. */
function ownBound(bound: unknown): number | undefined {
  return typeof bound === "number" && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined;
}
