import { jsonSchema } from "../config/json-schema.ts";
import type { ProbeType } from "../probe.ts";

/** Prints the configuration's JSON Schema. */
export function schema(probeTypes: readonly ProbeType[], print: (text: string) => void): void {
  print(`${JSON.stringify(jsonSchema(probeTypes), null, 2)}\n`);
}
