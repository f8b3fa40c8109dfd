import { expect, it } from "vitest";
import { schema } from "../../src/commands/schema.ts";
import { jsonSchema } from "../../src/config/json-schema.ts";
import { testProbeTypes } from "../config/test-probe-types.ts";

it("schema prints the JSON Schema", () => {
  let printed = "";
  schema(testProbeTypes, (text) => {
    printed += text;
  });
  expect(JSON.parse(printed)).toEqual(JSON.parse(JSON.stringify(jsonSchema(testProbeTypes))));
  expect(printed.endsWith("}\n")).toBe(true);
});
