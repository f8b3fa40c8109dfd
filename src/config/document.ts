import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Document, ParsedNode } from "yaml";
import type { ConfigPath, Part, Position } from "./problem.ts";
import { quoted } from "./problem.ts";
import { NO_YAML_REFERENCES, yamlMessage } from "./yaml-messages.ts";
import { keyText, offsetOf, plainText } from "./yaml-tree.ts";
import type { YamlMap } from "./yaml-tree.ts";

/** Depth of maps and lists that is read; the grammar needs far less. */
const MAX_DEPTH = 32;

const controlCharacter = /[\p{Cc}\u2028\u2029]/u;

/** Something that YAML allows and a configuration does not, or that is no YAML. */
interface DocumentProblem {
  readonly position: Position;
  readonly path: ConfigPath;
  readonly problem: string;
}

/** A YAML file as plain values, with the way back to line and column. */
export interface ConfigDocument {
  readonly value: unknown;
  /** False when the text is no YAML: there are no keys to judge then. */
  readonly readable: boolean;
  readonly problems: readonly DocumentProblem[];
  /** Where the key or value of a path stands; for one that is missing, where it would belong. */
  readonly locate: (path: ConfigPath, part: Part) => Position;
  /** The text of a value as written, without quotes; null when it is quoted, no scalar or absent. */
  readonly plainText: (path: ConfigPath) => string | null;
}

/**
 * Reads one YAML 1.2 document of the core schema. Aliases, anchors, tags, merge keys, duplicate
 * keys and control characters are problems: they hide what a reviewer of the file should see, or
 * break out of a label, a header or a command.
 */
export function readDocument(text: string): ConfigDocument {
  const source = text.replace(/^\uFEFF/, "");
  const lines = new LineCounter();
  const document = parseDocument(source, {
    lineCounter: lines,
    prettyErrors: false,
    schema: "core",
    resolveKnownTags: false,
    stringKeys: true,
    // Duplicates are looked for here, in linear time.
    uniqueKeys: false,
  });
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const syntax = syntaxProblems(source, document, positionAt);
  const reader = new ValueReader(positionAt);
  const value = syntax.length === 0 ? reader.read(document.contents, []) : undefined;
  return {
    value: value ?? {},
    readable: syntax.length === 0,
    problems: [...syntax, ...reader.problems],
    locate: (path, part) => positionAt(offsetOf(document.contents, path, part)),
    plainText: (path) => plainText(document.contents, path),
  };
}

function syntaxProblems(
  source: string,
  document: Document.Parsed,
  positionAt: (offset: number) => Position,
): readonly DocumentProblem[] {
  const problems = [...document.errors, ...document.warnings]
    // An unknown tag is found again, with its path, when the values are read.
    .filter(({ name, code }) => name === "YAMLParseError" || code !== "TAG_RESOLVE_FAILED")
    .map(({ code, pos }) => ({
      position: positionAt(pos[0]),
      path: [],
      problem: yamlMessage(code),
    }));
  if (document.directives.yaml.explicit === true && document.directives.yaml.version !== "1.2") {
    const position = positionAt(source.search(/^%YAML/m));
    problems.push({ position, path: [], problem: yamlMessage("BAD_DIRECTIVE") });
  }
  return problems;
}

/** Turns nodes into plain values and notes what a configuration must not contain. */
class ValueReader {
  readonly problems: DocumentProblem[] = [];
  readonly #positionAt: (offset: number) => Position;

  constructor(positionAt: (offset: number) => Position) {
    this.#positionAt = positionAt;
  }

  read(node: ParsedNode | null, path: ConfigPath): unknown {
    if (node === null) return null;
    if (isAlias(node) || node.anchor !== undefined || node.tag !== undefined) {
      this.#add(node, path, NO_YAML_REFERENCES);
      if (isAlias(node)) return null;
    }
    if (isScalar(node)) return this.#readScalar(node, path);
    if (path.length >= MAX_DEPTH) {
      this.#add(node, path, yamlMessage("RESOURCE_EXHAUSTION"));
      return null;
    }
    if (isMap<ParsedNode, ParsedNode | null>(node)) return this.#readMap(node, path);
    return isSeq<ParsedNode>(node)
      ? node.items.map((item, index) => this.read(item, [...path, index]))
      : null;
  }

  #readScalar(node: ParsedNode & { value: unknown }, path: ConfigPath): unknown {
    if (typeof node.value === "string" && controlCharacter.test(node.value)) {
      this.#add(node, path, "control characters and line breaks are not allowed in a value");
    }
    return node.value;
  }

  #readMap(map: YamlMap, path: ConfigPath): Readonly<Record<string, unknown>> {
    const value: Record<string, unknown> = {};
    const seen = new Set<string>();
    for (const { key: keyNode, value: valueNode } of map.items) {
      const key = keyText(keyNode);
      const keyPath = [...path, key];
      const objection = objectionToKey(key, seen);
      seen.add(key);
      if (objection === null) value[key] = this.read(valueNode, keyPath);
      else this.#add(keyNode, keyPath, objection);
    }
    return value;
  }

  #add(node: ParsedNode, path: ConfigPath, problem: string): void {
    this.problems.push({ position: this.#positionAt(node.range[0]), path, problem });
  }
}

function objectionToKey(key: string, seen: ReadonlySet<string>): string | null {
  if (seen.has(key)) return yamlMessage("DUPLICATE_KEY");
  if (key === "<<") return "merge keys are not allowed; write the keys out";
  if (key === "__proto__" || controlCharacter.test(key)) return `${quoted(key)} cannot be a key`;
  return null;
}
