import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { check } from "../../src/commands/check.ts";
import { testEnvironment } from "../config/test-environment.ts";

const files = join(import.meta.dirname, "../config");

function run(file: string): { code: number; stdout: string; stderr: string } {
  const written = { stdout: "", stderr: "" };
  const code = check(
    file,
    {
      stdout: (text) => {
        written.stdout += text;
      },
      stderr: (text) => {
        written.stderr += text;
      },
    },
    testEnvironment,
  );
  return { code, ...written };
}

describe("check", () => {
  it("sums up a valid file", () => {
    const file = join(files, "valid.yml");
    const { code, stdout, stderr } = run(file);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(
      `${file} is valid\n9 paths: 3 inbound, 6 outbound, 3 of them control paths`,
    );
    expect(stdout).toContain("from vip-a (192.0.2.10)");
  });

  it("shows every error of an invalid file, a line each", () => {
    const file = join(files, "invalid-schedule-and-every.yml");
    const excludes = "excludes schedule: only one of the two is allowed";
    expect(run(file)).toEqual({
      code: 1,
      stdout: "",
      stderr: `${file}:3:41: defaults.every: ${excludes}\n${file}:5:25: modules.smtp.every: ${excludes}\n`,
    });
  });

  it("fails on a file that is not there", () => {
    expect(run("/nonexistent.yml")).toMatchObject({
      code: 1,
      stderr: "/nonexistent.yml:1:1: file: cannot be read (ENOENT)\n",
    });
  });
});
