import { describe, expect, it } from "vitest";
import { z } from "zod";
import { allowedText } from "../../src/config/allowed.ts";
import { jsonSchema } from "../../src/config/json-schema.ts";
import { configSchema } from "../../src/config/schema.ts";
import { descriptionOf, schemaAt, unwrapped } from "../../src/config/schema-walk.ts";
import { probeTypes } from "../../src/probe-types.ts";
import { testProbeTypes } from "./test-probe-types.ts";

interface Key {
  readonly path: string;
  readonly field: z.ZodType;
}

/** Every key of every map in a schema. */
function keysOf(schema: z.ZodType, path = ""): readonly Key[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodArray) return keysOf(inner.element as z.ZodType, `${path}[]`);
  if (inner instanceof z.ZodRecord) return keysOf(inner.valueType as z.ZodType, `${path}.NAME`);
  if (inner instanceof z.ZodUnion) {
    return (inner.options as readonly z.ZodType[]).flatMap((option) => keysOf(option, path));
  }
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries<z.ZodType>(inner.shape).flatMap(([key, field]) => {
    const own = [{ path: `${path}.${key}`, field }];
    return own.concat(keysOf(field, `${path}.${key}`));
  });
}

const keys = keysOf(configSchema([...probeTypes, ...testProbeTypes.slice(2)], () => null));

describe("the schema", () => {
  it.each(keys)("describes $path", ({ field }) => {
    expect(descriptionOf(field)).toMatch(/\.$/);
    expect(allowedText(field)).not.toBe("a value");
  });

  it("allows no unknown key in any map", () => {
    const open = keys.filter(({ field }) => {
      const map = unwrapped(field);
      return map instanceof z.ZodObject && !(map.def.catchall instanceof z.ZodNever);
    });
    expect(open).toEqual([]);
  });
});

describe("schemaAt", () => {
  const schema = configSchema(testProbeTypes, () => null);
  const at = (...path: (string | number)[]): string =>
    allowedText(schemaAt(schema, path) ?? z.never());

  it("follows lists, maps of names and alternatives", () => {
    expect(at("modules", "any", "smtp", "port")).toBe("a whole number from 1 to 65535");
    expect(at("peers", 7, "x400", "called", "transport_selector", "hex")).toBe("text");
    expect(at("metrics", "duration_buckets", 0)).toBe("a number above 0");
  });

  it("finds nothing where nothing is allowed", () => {
    expect(schemaAt(schema, ["cluster", "x"])).toBeUndefined();
    expect(schemaAt(schema, ["clutser"])).toBeUndefined();
  });
});

describe("allowedText", () => {
  it.each([
    [z.int(), "a whole number"],
    [z.int().min(1), "a whole number of at least 1"],
    [z.number().max(2), "a number of at most 2"],
    [z.number().gt(0).lt(1), "a number above 0 below 1"],
    [z.boolean().default(true), "true or false"],
    [z.string().max(5).optional(), "text of at most 5 characters"],
    [z.enum(["a", "b", "c"]), "a, b or c"],
    [z.literal("off"), "off"],
    [z.array(z.int()).min(2), "a non-empty list, each item a whole number"],
    [z.strictObject({ a: z.int(), b: z.int() }), "a map with the keys a and b"],
    [z.record(z.string(), z.int()), "a map"],
    [z.union([z.int(), z.literal("all")]), "a whole number, or all"],
  ])("%#: %s", (schema, text) => {
    expect(allowedText(schema)).toBe(text);
  });
});

describe("jsonSchema", () => {
  const schema = jsonSchema(testProbeTypes);
  const at = (...path: readonly string[]): unknown =>
    path.reduce<unknown>((part, key) => (part as Readonly<Record<string, unknown>>)[key], schema);

  it("names its dialect and itself", () => {
    expect(schema).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: "urn:mta-exporter:configuration",
      title: "Configuration of mta-exporter",
      type: "object",
      additionalProperties: false,
    });
    expect(schema.required).toBeUndefined();
  });

  it("has defaults where a value may be left out", () => {
    expect(at("properties", "cluster", "default")).toBe("mta");
    const smtp = ["properties", "modules", "additionalProperties", "properties", "smtp"];
    expect(at(...smtp, "properties", "port", "default")).toBe(25);
  });

  it("has none in what is laid over", () => {
    const port = at("properties", "peers", "items", "properties", "smtp", "properties", "port");
    expect(port).toEqual({ type: "integer", minimum: 1, maximum: 65_535, description: "Port." });
  });

  it("takes a choice that looks like a number without quotes", () => {
    const x400 = ["properties", "modules", "additionalProperties", "properties", "x400"];
    expect(at(...x400, "properties", "mode")).toMatchObject({
      enum: ["1984", "1988-normal", "1988-x410", 1984],
    });
    expect(at(...x400, "properties", "mode", "type")).toBeUndefined();
  });
});
