import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ALERTS } from "../../src/alerts/catalogue.ts";
import { pathAlert } from "../../src/alerts/path-alert.ts";
import { renderRules } from "../../src/alerts/rules.ts";
import { pathLabels } from "../../src/path-labels.ts";
import { someFailure, somePath } from "../support/results.ts";
import { useBed } from "./bed/bed.ts";
import { run } from "./bed/processes.ts";
import { PROMETHEUS_PACKAGES } from "./bed/prometheus.ts";
import { whyLeftOut } from "./bed/requirements.ts";

const leftOut = await whyLeftOut("rules under promtool", { packages: PROMETHEUS_PACKAGES });
const folder = join(import.meta.dirname, "../alerts");
const tests = readdirSync(folder).filter((file) => file.endsWith(".yml"));

describe.skipIf(leftOut !== null)("the printed rules", () => {
  const bed = useBed();
  let cwd: string;

  beforeAll(() => {
    cwd = join(bed.folder, "rules");
    mkdirSync(cwd);
    writeFileSync(join(cwd, "rules.yml"), renderRules());
    for (const file of tests) cpSync(join(folder, file), join(cwd, file));
  });

  it("have nothing that promtool would complain of", async () => {
    const { code, stdout, stderr } = await run("promtool", ["check", "rules", "rules.yml"], {
      cwd,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("SUCCESS");
  });

  it("have a test of every alert", () => {
    expect(tests.toSorted()).toEqual(ALERTS.map(({ name }) => `${name}.yml`).toSorted());
  });

  it.each(tests)("fire and stay silent as %s says", async (file) => {
    const { code, stdout, stderr } = await run("promtool", ["test", "rules", file], { cwd });
    expect({ code, output: stdout + stderr }).toMatchObject({ code: 0 });
  });

  it.each([
    ["outbound", somePath()],
    ["inbound", somePath({ direction: "inbound", peer: "", peerAddress: "" })],
    ["control", somePath({ ipResource: "", address: "" })],
    ["unresolved", somePath({ peerAddress: "" })],
  ])("make of a path (%s) the same alert that the agent itself raises", async (kind, path) => {
    const failure = someFailure();
    const { labels, annotations } = pathAlert({ pathUrl: () => "" }).text(path, failure);
    const series = (metric: string, extra: object = {}) => {
      const pairs = Object.entries({ instance: "a", ...pathLabels(path), ...extra });
      const matchers = pairs.map(([label, value]) => `${label}=${JSON.stringify(value)}`);
      return `${metric}{${matchers.join(", ")}}`;
    };
    const { alertname, ...otherLabels } = labels;
    const { detail: _onTop, ...sameAnnotations } = annotations;
    const test = {
      rule_files: ["rules.yml"],
      evaluation_interval: "15s",
      tests: [
        {
          interval: "15s",
          input_series: [
            { series: series("mta_probe_success"), values: "0x20" },
            {
              series: series("mta_probe_failure", { phase: failure.phase, reason: failure.reason }),
              values: "1x20",
            },
          ],
          alert_rule_test: [
            {
              alertname,
              eval_time: "2m",
              exp_alerts: [{ exp_labels: otherLabels, exp_annotations: sameAnnotations }],
            },
          ],
        },
      ],
    };
    writeFileSync(join(cwd, `${kind}.yml`), JSON.stringify(test));
    const { code, stdout, stderr } = await run("promtool", ["test", "rules", `${kind}.yml`], {
      cwd,
    });
    expect({ code, output: stdout + stderr }).toMatchObject({ code: 0 });
  });
});
