import type { ProbeSettings, ProbeType } from "../probe.ts";
import { objections, PARSE_OPTIONS } from "./schema-problems.ts";
import type { Objection } from "./schema-problems.ts";

/** Settings as a probe type wants them, or what it objects to. */
export type ParsedSettings =
  | { readonly ok: true; readonly settings: ProbeSettings }
  | { readonly ok: false; readonly found: readonly Objection[] };

/** Parses raw settings as a whole: defaults put in, and conditions over several keys checked. */
export function parseSettings({ settings: schema }: ProbeType, raw: unknown): ParsedSettings {
  const { success, data, error } = schema.safeParse(raw, PARSE_OPTIONS);
  if (!success) return { ok: false, found: objections(schema, error.issues) };
  // Every probe type has a port among its settings, which the type of the schema cannot say.
  return { ok: true, settings: data as unknown as ProbeSettings };
}
