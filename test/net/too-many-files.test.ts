import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ProbeResult } from "../../src/events.ts";
import { tcpProbe } from "../../src/probes/tcp.ts";
import { runProbe, type Run } from "../support/run-probe.ts";
import { ScriptedPeer } from "../support/scripted-peer.ts";

/** Changes the limits of a running process; of util-linux. */
const PRLIMIT = "prlimit";
const self = ["--pid", String(process.pid)];
const hasPrlimit = spawnSync(PRLIMIT, ["--version"]).status === 0;
if (!hasPrlimit)
  console.log("left out: running out of descriptors, prlimit (util-linux) is missing");

let peer: ScriptedPeer;

beforeEach(async () => {
  peer = await ScriptedPeer.listen([]);
});

afterEach(async () => {
  await peer.close();
});

/** Opens files until there is no descriptor left. */
function exhaust(files: number[]): void {
  try {
    for (;;) files.push(openSync(devNull, "r"));
  } catch {
    // That is the point.
  }
}

/** Probes while this process has no file descriptor left. */
async function probeStarved(run: Omit<Run, "type">): Promise<ProbeResult> {
  const limit = ["--nofile", "--output", "SOFT", "--noheadings", ...self];
  const before = execFileSync(PRLIMIT, limit, { encoding: "utf8" }).trim();
  const files: number[] = [];
  execFileSync(PRLIMIT, ["--nofile=200:", ...self]);
  exhaust(files);
  try {
    return await runProbe({ type: tcpProbe, ...run });
  } finally {
    for (const file of files) closeSync(file);
    execFileSync(PRLIMIT, [`--nofile=${before}:`, ...self]);
  }
}

it.skipIf(!hasPrlimit).each([
  ["bound to a source", { source: "127.0.0.3" }, "source"],
  ["from any address", {}, "connect"],
] as const)(
  "a probe %s is inconclusive when the agent is out of file descriptors (needs prlimit)",
  async (_what, given, phase) => {
    const result = await probeStarved({ port: peer.port, ...given });
    expect(result.outcome).toBe("inconclusive");
    expect(result.failure).toMatchObject({ phase, reason: "too_many_files", origin: "local" });
    const next = await runProbe({ type: tcpProbe, port: peer.port, ...given });
    expect(next.outcome).toBe("success");
  },
);
