import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ALERTS, RECORDINGS } from "../../src/alerts/catalogue.ts";
import { renderRules, type RuleOptions } from "../../src/alerts/rules.ts";
import { PATH_LABELS } from "../../src/path-labels.ts";

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

function rulesOf(options?: RuleOptions): readonly Rule[] {
  const file = parse(renderRules(options)) as { readonly groups: readonly { rules: Rule[] }[] };
  return file.groups.flatMap(({ rules }) => rules);
}

const alerting = (options?: RuleOptions) => rulesOf(options).filter((rule) => "alert" in rule);

describe("renderRules", () => {
  it("makes a rule of every case of every alert, and of every recording", () => {
    expect(alerting().map(({ alert }) => alert)).toEqual(
      ALERTS.flatMap(({ name, cases }) => cases.map(() => name)),
    );
    const recorded = rulesOf().flatMap(({ record }) => (record === undefined ? [] : [record]));
    expect(recorded).toEqual(RECORDINGS.map(({ record }) => record));
  });

  it("gives every alert severity, summary, description and runbook, and nothing else", () => {
    for (const { alert, labels, annotations } of alerting()) {
      expect(Object.keys(labels ?? {})).toEqual(["severity"]);
      expect(labels?.["severity"]).toMatch(/^(?:critical|warning|info)$/u);
      expect(Object.keys(annotations ?? {})).toEqual(["summary", "description", "runbook_url"]);
      expect(annotations?.["summary"]).not.toMatch(/\{\{|\d/u);
      expect(annotations?.["runbook_url"]).toBe(`docs/runbooks/${alert}.md`);
    }
  });

  it("aggregates to labels of the alert alone: no job, instance, phase or reason", () => {
    for (const { labels, cases } of ALERTS) {
      const known = new Set(labels);
      for (const { expression } of cases) {
        const by = [...expression.matchAll(/\b(?:min|max|sum) by \(([^)]*)\)/gu)];
        expect(by.length).toBeGreaterThan(0);
        for (const [, list = ""] of by) {
          expect(list.split(", ").filter((label) => !known.has(label))).toEqual([]);
        }
      }
    }
  });

  it("asks for the failure of exactly the path that the alert is about", () => {
    const description = alerting()[0]?.annotations?.["description"] ?? "";
    for (const label of PATH_LABELS) {
      expect(description).toContain(`${label}=%q`);
      expect(description).toContain(`$labels.${label}`);
    }
  });

  it("takes how long a path may fail, for that alert only, and where runbooks are", () => {
    const changed = alerting({ forSeconds: 30, runbookBaseUrl: "https://runbooks.example/" });
    expect(changed[0]).toMatchObject({
      for: "30s",
      annotations: { runbook_url: "https://runbooks.example/MtaPathFaulty.md" },
    });
    expect(changed.slice(1).map((rule) => rule.for)).toEqual(
      alerting()
        .slice(1)
        .map((rule) => rule.for),
    );
  });
});
