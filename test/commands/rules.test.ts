import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { rules, type RulesOptions } from "../../src/commands/rules.ts";

function printed(options: RulesOptions): string {
  const out = new PassThrough();
  rules(options, out);
  return String(out.read());
}

describe("rules", () => {
  it("prints the rule file", () => {
    expect(printed({})).toContain("alert: MtaPathFaulty");
  });

  it("takes how long a path may fail, and where the runbooks are", () => {
    const text = printed({ for: "1m30s", runbookBaseUrl: "https://wiki.example/mta/" });
    expect(text).toContain("for: 90s");
    expect(text).toContain("runbook_url: https://wiki.example/mta/MtaPathFaulty.md");
  });

  it.each(["soon", "", "500ms"])("refuses %j as a duration", (text) => {
    expect(() => printed({ for: text })).toThrow(/no duration of whole seconds/u);
  });
});
