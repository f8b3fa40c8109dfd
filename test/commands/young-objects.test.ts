import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { keepObjectsYoung } from "../../src/commands/young-objects.ts";

it("turns off something that this Node.js has", () => {
  keepObjectsYoung();
  const { stdout } = spawnSync(process.execPath, ["--v8-options"], { encoding: "utf8" });
  expect(stdout).toContain("--allocation-site-pretenuring");
});
