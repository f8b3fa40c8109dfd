import { z } from "zod";
import type { ProbeType } from "../probe.ts";
import { configSchema } from "./schema.ts";

/**
 * The JSON Schema (draft 2020-12) of a configuration file with these probe types, for editors. It
 * says what can be said without looking at more than one place of the file.
 */
export function jsonSchema(probeTypes: readonly ProbeType[]): z.core.JSONSchema.BaseSchema {
  const schema = configSchema(probeTypes, () => null).meta({
    $id: "urn:mta-exporter:configuration",
    title: "Configuration of mta-exporter",
  });
  return z.toJSONSchema(schema, {
    target: "draft-2020-12",
    io: "input",
    override: ({ jsonSchema: part }) => {
      allowUnquotedNumbers(part);
    },
  });
}

/** A choice such as `"1984"` may be written without quotes, which makes it a number to YAML. */
function allowUnquotedNumbers(part: z.core.JSONSchema.BaseSchema): void {
  const numbers = (part.enum ?? []).filter((value) => /^\d+$/.test(String(value))).map(Number);
  if (numbers.length === 0) return;
  part.enum = [...new Set([...(part.enum ?? []), ...numbers])];
  delete part.type;
}
