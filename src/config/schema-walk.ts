import { z } from "zod";
import type { ConfigPath } from "./problem.ts";

/** The schema below everything that makes a value optional or gives it a default. */
export function unwrapped(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (
    inner instanceof z.ZodOptional ||
    inner instanceof z.ZodDefault ||
    inner instanceof z.ZodPrefault ||
    inner instanceof z.ZodNullable ||
    inner instanceof z.ZodReadonly
  ) {
    inner = inner.unwrap() as z.ZodType;
  }
  return inner instanceof z.ZodPipe ? unwrapped(inner.in as z.ZodType) : inner;
}

/** The schema of the value at a path; undefined where the schema allows nothing. */
export function schemaAt(root: z.ZodType, path: ConfigPath): z.ZodType | undefined {
  const schema = unwrapped(root);
  const [step, ...rest] = path;
  if (step === undefined) return root;
  const below = childrenAt(schema, step);
  for (const child of below) {
    const found = schemaAt(child, rest);
    if (found !== undefined) return found;
  }
  return undefined;
}

function childrenAt(schema: z.ZodType, step: string | number): readonly z.ZodType[] {
  if (schema instanceof z.ZodObject) {
    const child = (schema.shape as Readonly<Record<string, z.ZodType>>)[step];
    return child === undefined ? [] : [child];
  }
  if (schema instanceof z.ZodArray) return [schema.element as z.ZodType];
  if (schema instanceof z.ZodRecord) return [schema.valueType as z.ZodType];
  if (schema instanceof z.ZodUnion) {
    return (schema.options as readonly z.ZodType[]).flatMap((option) =>
      childrenAt(unwrapped(option), step),
    );
  }
  return [];
}

/** The keys that a map may have; empty when it may have any, or is no map. */
export function allowedKeys(schema: z.ZodType): readonly string[] {
  const map = unwrapped(schema);
  if (map instanceof z.ZodObject) return Object.keys(map.shape);
  if (map instanceof z.ZodRecord && map.keyType instanceof z.ZodEnum) {
    return map.keyType.options.map(String);
  }
  return [];
}

/** What a value means: the description nearest to the outside. */
export function descriptionOf(schema: z.ZodType): string {
  if (schema.description !== undefined) return schema.description;
  const inner = unwrapped(schema);
  return inner === schema ? "" : descriptionOf(inner);
}

/** The default of a value; undefined when it has none. */
export function defaultOf(schema: z.ZodType): unknown {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return schema.def.defaultValue;
  }
  return schema instanceof z.ZodOptional ? defaultOf(schema.unwrap() as z.ZodType) : undefined;
}

/** Whether a value can be left out. */
export function isOptional(schema: z.ZodType): boolean {
  return schema.safeParse(undefined).success;
}
