import { z } from "zod";
import { descriptionOf, unwrapped } from "./schema-walk.ts";

/**
 * The schema of settings that are laid over others: the same keys, none of them needed, none with
 * a default, because a default must not hide what lies below. Conditions over several keys are
 * left out; they hold for the whole, not for a part.
 */
export function overlaySchema(settings: z.ZodObject): z.ZodObject {
  const fields = Object.entries<z.ZodType>(settings.shape);
  return z.strictObject(
    Object.fromEntries(fields.map(([key, field]) => [key, overlayField(field)])),
  );
}

function overlayField(field: z.ZodType): z.ZodType {
  const inner = unwrapped(field);
  const overlay = (inner instanceof z.ZodObject ? overlaySchema(inner) : inner).optional();
  return overlay.describe(descriptionOf(field));
}

/**
 * Raw settings with others laid over them: key by key where the schema has a map of fixed keys,
 * as a whole everywhere else. What comes out is still to be parsed.
 */
export function laidOver(schema: z.ZodType, under: unknown, over: unknown): unknown {
  const map = unwrapped(schema);
  if (!(map instanceof z.ZodObject) || !isMap(under) || !isMap(over)) return over;
  const shape = map.shape as Readonly<Record<string, z.ZodType>>;
  const merged = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const field = shape[key];
    merged[key] = field === undefined ? value : laidOver(field, under[key], value);
  }
  return merged;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
