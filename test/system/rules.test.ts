import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ALERTS } from "../../src/alerts/catalogue.ts";
import { renderRules } from "../../src/alerts/rules.ts";
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
});
