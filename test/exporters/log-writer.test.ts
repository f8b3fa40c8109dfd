import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LogWriter } from "../../src/exporters/log-writer.ts";
import { ManualClock } from "../support/manual-clock.ts";

/** More than a pipe holds (64 KiB). */
const BUFFER_BYTES = 100_000;
const LINE = `${"x".repeat(999)}\n`;

let directory: string;
let reader: number;
let fd: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "log-writer-"));
  const pipe = join(directory, "pipe");
  execFileSync("sh", ["-c", `mkfifo ${pipe}`]);
  reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  fd = openSync(pipe, constants.O_WRONLY);
});

afterEach(() => {
  closeSync(fd);
  rmSync(directory, { recursive: true });
});

/** All that can be read at once. */
function read(): string {
  const buffer = Buffer.alloc(1024 * 1024);
  try {
    return buffer.toString("utf8", 0, readSync(reader, buffer));
  } catch {
    return "";
  }
}

/** Lets writes finish and, by the clock, retries come due, until `done`. */
async function until(clock: ManualClock, done: () => boolean, turns = 10_000): Promise<void> {
  if (done()) return;
  if (turns === 0) throw new Error("nothing happened");
  clock.advance(10);
  await turn();
  await until(clock, done, turns - 1);
}

describe("LogWriter", () => {
  it("holds lines for a slow reader up to its bound, drops and counts the rest, and says so", async () => {
    const clock = new ManualClock();
    const caughtUp: number[] = [];
    const writer: LogWriter = new LogWriter({
      fd,
      bufferBytes: BUFFER_BYTES,
      clock,
      onCaughtUp: (lines) => {
        caughtUp.push(lines);
        writer.write("caught up\n");
      },
    });
    for (let line = 0; line < 300; line += 1) writer.write(LINE);
    expect(writer.droppedLines).toBe(200);
    let text = "";
    await until(clock, () => (text += read()).endsWith("caught up\n"));
    expect(text).toBe(`${LINE.repeat(100)}caught up\n`);
    expect(caughtUp).toEqual([200]);
    closeSync(reader);
  });

  it("ends within its limit although nobody reads", async () => {
    const clock = new ManualClock();
    const writer = new LogWriter({ fd, bufferBytes: BUFFER_BYTES, clock, onCaughtUp: () => {} });
    for (let line = 0; line < 100; line += 1) writer.write(LINE);
    await until(clock, () => clock.timers > 0);
    const end = writer.end(300);
    clock.advance(300);
    await end;
    writer.write("too late\n");
    await until(clock, () => clock.timers === 0);
    expect(read()).not.toContain("late");
    expect(writer.droppedLines).toBe(1);
    closeSync(reader);
  });

  it("ends at once when all is written", async () => {
    const clock = new ManualClock();
    const writer = new LogWriter({ fd, bufferBytes: BUFFER_BYTES, clock, onCaughtUp: () => {} });
    writer.write("one\n");
    writer.write("two\n");
    await writer.end(1000);
    expect(read()).toBe("one\ntwo\n");
    expect(clock.timers).toBe(0);
    closeSync(reader);
  });

  it("writes at exit what the reader still takes, without waiting", () => {
    const clock = new ManualClock();
    const writer = new LogWriter({ fd, bufferBytes: BUFFER_BYTES, clock, onCaughtUp: () => {} });
    for (let line = 0; line < 100; line += 1) writer.write(LINE);
    writer.flushSync();
    expect(read().length).toBeGreaterThan(50_000);
    closeSync(reader);
  });

  it("outlives its reader", async () => {
    const clock = new ManualClock();
    const writer = new LogWriter({ fd, bufferBytes: BUFFER_BYTES, clock, onCaughtUp: () => {} });
    closeSync(reader);
    writer.write("unread\n");
    await writer.end(1000);
    writer.write("unread\n");
    expect(writer.droppedLines).toBe(1);
  });
});
