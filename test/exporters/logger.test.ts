import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openLog, type LogOptions } from "../../src/exporters/logger.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "logger-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

async function logged(options: LogOptions, text: string): Promise<string> {
  const file = join(directory, "log");
  const log = openLog({ ...options, fd: openSync(file, "w") });
  log.logger.debug({ text }, "hardly ever");
  log.logger.info({ text }, "hello");
  await log.end(1000);
  log.logger.info("after the end");
  return readFileSync(file, "utf8");
}

describe("openLog", () => {
  it("writes JSON to what is no terminal, with times and levels that people read", async () => {
    const lines = (await logged({}, "x")).trimEnd().split("\n");
    expect(lines).toHaveLength(1);
    const line = JSON.parse(lines[0] ?? "") as Record<string, string>;
    expect(line).toMatchObject({ level: "info", text: "x", msg: "hello" });
    expect(line["time"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Object.keys(line)).toEqual(["level", "time", "text", "msg"]);
  });

  it("writes pretty lines when asked, one each, and no control character of a field", async () => {
    const text = await logged({ format: "pretty", level: "debug" }, "a\nb\u001b[31m");
    expect(text).toMatch(
      /^\[\d{4}-\d\d-\d\dT[\d:.]+Z\] DEBUG: hardly ever .*\n\[.*INFO: hello .*\n$/,
    );
    expect(text).not.toContain("\u001b");
  });
});
