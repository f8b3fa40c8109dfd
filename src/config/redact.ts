import { stringify } from "yaml";
import type { ConfigPath } from "./problem.ts";
import { isSecretKey, isSecretValueKey } from "./secret-keys.ts";

const HIDDEN = "<secret>";

/**
 * A configuration as YAML that may be shown: without the file's comments, with `<secret>` for
 * every value whose key says that it could be one, and for the user part of URLs. The grammar has
 * no place for such values; this holds when it gets one.
 */
export function redacted(value: unknown): string {
  return stringify(shown(value, []), { lineWidth: 0 });
}

function shown(value: unknown, path: ConfigPath): unknown {
  if (typeof value === "string") return withoutUserinfo(value);
  if (Array.isArray(value)) return value.map((item, index) => shown(item, [...path, index]));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      hides(key, inner, path) ? HIDDEN : shown(inner, [...path, key]),
    ]),
  );
}

function hides(key: string, value: unknown, path: ConfigPath): boolean {
  // Modules may have any name.
  if (path.length === 1 && path[0] === "modules") return false;
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
  return isSecretKey(key) || (isSecretValueKey(key) && !isMap);
}

function withoutUserinfo(text: string): string {
  return text.replaceAll(/([a-z][a-z\d+.-]*:\/\/)[^/?#\s]*@/gi, `$1${HIDDEN}@`);
}
