import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";

interface Override {
  readonly files: readonly string[];
}

const source = new URL("../src/", import.meta.url);
const lint = readFileSync(new URL("../.oxlintrc.json", import.meta.url), "utf8");
const overrides = (JSON.parse(lint) as { overrides: Override[] }).overrides;
const entries = readdirSync(source, { withFileTypes: true });

/** Folders that see everything, as the architecture says. */
const free = new Set(["commands"]);

test("every folder has a rule that says what it may import", () => {
  const ruled = new Set(overrides.flatMap(({ files }) => files.map((file) => file.split("/")[1])));
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(folders.filter((name) => !ruled.has(name) && !free.has(name))).toEqual([]);
});

test("the innermost layer's rule names everything there is to keep out", () => {
  const rule = JSON.stringify(
    overrides.find(({ files }) => files.includes("src/schedule/cron.ts")),
  );
  const names = entries.map(({ name }) => basename(name, ".ts"));
  expect(names.filter((name) => !new RegExp(`[:|]${name}[|)]`).test(rule))).toEqual([]);
});
