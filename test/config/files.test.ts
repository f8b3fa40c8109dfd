import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { probeTypes } from "../../src/probe-types.ts";
import { errorsOf, testEnvironment, warningsOf } from "./test-environment.ts";

const folder = import.meta.dirname;
const invalid = readdirSync(folder).filter((name) => /^invalid-.*\.yml$/.test(name));

/** The errors that a file's own first lines announce, `# expect: LINE:COLUMN: where: what`. */
function announced(text: string): readonly string[] {
  const marker = "# expect: ";
  const lines = text.split("\n");
  const end = lines.findIndex((line) => !line.startsWith(marker));
  return lines.slice(0, end).map((line) => line.slice(marker.length));
}

describe("configuration files", () => {
  it.each(invalid)("%s has exactly the errors that it announces", (name) => {
    const text = readFileSync(join(folder, name), "utf8");
    expect(announced(text)).not.toEqual([]);
    expect(errorsOf(text)).toEqual(announced(text));
  });

  it("valid.yml is valid and nothing to warn of", () => {
    const text = readFileSync(join(folder, "valid.yml"), "utf8");
    expect(warningsOf(text)).toEqual([]);
    expect(warningsOf(text, { ...testEnvironment, probeTypes })).toEqual([]);
  });
});
