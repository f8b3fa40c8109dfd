// Row 8: 100,000 paths every ten seconds, by the agent's scheduler and by one node-cron task each.
import { fork } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { judged, short } from "../table.mjs";

const PATHS = 100_000;

/** The first runs of new paths take one interval; what is counted begins after it. */
const FIRST_RUNS_MS = 13_000;
const ROUNDS = 2;
const ROUND_MS = 10_000;

/** @typedef {{ cpuSeconds: number, runs: number, missed: number, p99Ms: number }} Report */

/** @param {"agent" | "cron"} name @returns {Promise<Report>} */
async function measure(name) {
  const side = fork(join(import.meta.dirname, "..", "schedule-side.mjs"), [name, String(PATHS)]);
  /** @returns {Promise<unknown>} */
  const answer = () =>
    new Promise((resolve, reject) => {
      side.once("message", resolve);
      side.once("exit", reject);
    });
  await answer();
  await pause(FIRST_RUNS_MS);
  const warm = answer();
  side.send("report");
  await warm;
  await pause(ROUNDS * ROUND_MS);
  const report = answer();
  side.send("report");
  const measured = /** @type {Report} */ (await report);
  side.kill();
  return measured;
}

/** @param {Report} report */
const cpuText = ({ cpuSeconds }) => `${short(cpuSeconds / ROUNDS)} s`;

export async function schedule() {
  const ours = await measure("agent");
  const rival = await measure("cron");
  const p99Ms = short(ours.p99Ms);
  return [
    {
      row: "8",
      what: "100,000 paths: p99 start lateness",
      agent: `${p99Ms} ms`,
      rival: `${short(rival.p99Ms)} ms`,
      ratio: null,
      target: "<= 10 ms",
      met: ours.p99Ms <= 10,
    },
    judged({
      row: "8",
      what: "100,000 paths: CPU a round, agent / a node-cron task each",
      agent: cpuText(ours),
      rival: cpuText(rival),
      ratio: ours.cpuSeconds / rival.cpuSeconds,
      atMost: 0.03,
      note:
        `of ${ROUNDS * PATHS} runs the agent began ${ours.runs} and missed ${ours.missed}, ` +
        `node-cron ${rival.runs} and ${rival.missed}`,
    }),
  ];
}
