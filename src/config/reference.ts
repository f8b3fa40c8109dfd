import { z } from "zod";
import type { ProbeType } from "../probe.ts";
import { allowedText } from "./allowed.ts";
import { EXAMPLE, INTRODUCTION } from "./reference-text.ts";
import { configSchema } from "./schema.ts";
import { FILE_TEXT, isFileKey } from "./secret-keys.ts";
import { defaultOf, descriptionOf, isOptional, unwrapped } from "./schema-walk.ts";

/** The reference page of the configuration in Markdown, made from the schema itself. */
export function referencePage(probeTypes: readonly ProbeType[]): string {
  const schema = configSchema(probeTypes, () => null);
  const types = new Set(probeTypes.map(({ type }) => type));
  const keys = Object.entries<z.ZodType>(schema.shape);
  const blocks = [
    "<!-- Generated from the schema by `npm run docs`; not to be edited. -->",
    "# Configuration",
    INTRODUCTION,
    `\`\`\`yaml\n${EXAMPLE}\`\`\``,
    "## Top level",
    table(
      HEADER,
      keys.map(([key, field]) =>
        isSection(field) ? linkRow(key, field, "see below", key) : keyRow(key, field, ""),
      ),
    ),
  ];
  for (const [key, field] of keys.filter(([, each]) => isSection(each))) {
    blocks.push(`## \`${key}\``, descriptionOf(field), settingsTable(entryOf(field), types));
    if (key === "modules") blocks.push(...probeTypes.flatMap(probeTypeBlocks));
  }
  return `${blocks.join("\n\n")}\n`;
}

function probeTypeBlocks(probeType: ProbeType): readonly string[] {
  const { type, summary, settings, phases, facts } = probeType;
  const metrics = Object.values(facts).map(({ metric, labels = [], help }) => [
    code(metric),
    labels.map(code).join(", "),
    help,
  ]);
  return [
    `### Probe type \`${type}\``,
    summary,
    settingsTable(settings, new Set()),
    `Phases: ${phases.map(code).join(", ")}.`,
    ...(metrics.length === 0
      ? []
      : [table(["metric of the last probe", "labels", "meaning"], metrics)]),
  ];
}

/** Whether a key of the file has a section of its own on the page: it holds maps. */
function isSection(field: z.ZodType): boolean {
  return entryOf(field) instanceof z.ZodObject;
}

/** What a section is a map, or a list or map of. */
function entryOf(field: z.ZodType): z.ZodType {
  const inner = unwrapped(field);
  if (inner instanceof z.ZodArray) return unwrapped(inner.element as z.ZodType);
  return inner instanceof z.ZodRecord ? unwrapped(inner.valueType as z.ZodType) : inner;
}

const HEADER = ["key", "value", "default", "meaning"] as const;

function settingsTable(schema: z.ZodType, probeTypes: ReadonlySet<string>): string {
  return table(HEADER, settingRows(schema, "", probeTypes));
}

type Row = readonly string[];

/** A row for each key of a map; maps of fixed keys in it are opened, save those of probe types. */
function settingRows(
  schema: z.ZodType,
  prefix: string,
  probeTypes: ReadonlySet<string>,
): readonly Row[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries<z.ZodType>(schema.shape).flatMap(([key, field]) => {
    const name = `${prefix}${key}`;
    if (probeTypes.has(key))
      return [linkRow(name, field, `settings of ${key}`, `probe-type-${key}`)];
    const below = entryOf(field);
    if (!(below instanceof z.ZodObject)) return [keyRow(name, field, prefix)];
    const list = unwrapped(field) instanceof z.ZodArray ? "[]" : "";
    return settingRows(below, `${name}${list}.`, probeTypes);
  });
}

function keyRow(name: string, field: z.ZodType, prefix: string): Row {
  const container = prefix === "" ? "" : ` in ${code(prefix.slice(0, -1))}`;
  const value = defaultOf(field);
  const given = code(typeof value === "string" ? value : JSON.stringify(value));
  const without = isOptional(field) ? "" : `required${container}`;
  return [
    code(name),
    isFileKey(name) ? FILE_TEXT : allowedText(field),
    value === undefined ? without : given,
    descriptionOf(field),
  ];
}

function linkRow(name: string, field: z.ZodType, text: string, anchor: string): Row {
  return [code(name), `[${text}](#${anchor})`, "", descriptionOf(field)];
}

function table(header: Row, rows: readonly Row[]): string {
  return [header, header.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}
