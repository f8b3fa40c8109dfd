import { isMap, isScalar, isSeq } from "yaml";
import type { ParsedNode, YAMLMap } from "yaml";
import type { ConfigPath, Part } from "./problem.ts";

/** A map of a YAML document. */
export type YamlMap = YAMLMap<ParsedNode, ParsedNode | null>;

/** A value of a YAML document, with its key when it stands in a map. */
interface Child {
  readonly key: ParsedNode | null;
  readonly value: ParsedNode | null;
}

/** The text of a key; documents are read so that keys are text. */
export function keyText(key: ParsedNode): string {
  return isScalar(key) ? String(key.value) : "";
}

/** The text of a scalar as written; null when it is quoted, no scalar or absent. */
export function plainText(root: ParsedNode | null, path: ConfigPath): string | null {
  const { value, found } = follow(root, path);
  return found === path.length && isScalar(value) && value.type === "PLAIN"
    ? (value.source ?? null)
    : null;
}

/**
 * The offset at which the key or value of a path starts. An empty value has the place of its key;
 * what is missing, that of the key of the map it is missing from.
 */
export function offsetOf(root: ParsedNode | null, path: ConfigPath, part: Part): number {
  const { key, value, found } = follow(root, path);
  const complete = found === path.length;
  const isEmpty = value === null || value.range[0] === value.range[1];
  const atKey = part === "key" || isEmpty || !complete;
  return (atKey && key !== null ? key : value)?.range[0] ?? 0;
}

interface Followed extends Child {
  /** How many steps of the path exist. */
  readonly found: number;
}

function follow(root: ParsedNode | null, path: ConfigPath): Followed {
  let key: ParsedNode | null = null;
  let value = root;
  for (const [found, step] of path.entries()) {
    const next = child(value, step);
    if (next === undefined) return { key, value, found };
    ({ key, value } = next);
  }
  return { key, value, found: path.length };
}

function child(container: ParsedNode | null, step: string | number): Child | undefined {
  if (isMap<ParsedNode, ParsedNode | null>(container)) return pairsOf(container).get(String(step));
  if (!isSeq<ParsedNode>(container) || typeof step !== "number") return undefined;
  const item = container.items[step];
  return item === undefined ? undefined : { key: null, value: item };
}

const pairsByMap = new WeakMap<YamlMap, ReadonlyMap<string, Child>>();

/** The pairs of a map by key, the first of duplicates. */
function pairsOf(map: YamlMap): ReadonlyMap<string, Child> {
  const known = pairsByMap.get(map);
  if (known !== undefined) return known;
  const pairs = map.items.map(({ key, value }): [string, Child] => [keyText(key), { key, value }]);
  const byKey = new Map(pairs.toReversed());
  pairsByMap.set(map, byKey);
  return byKey;
}
