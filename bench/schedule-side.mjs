// One side of row 8: the agent's scheduler, or one node-cron task for each path. Both are told of
// every run that is due and note how late that was. node bench/schedule-side.mjs agent|cron PATHS
import { createHash } from "node:crypto";
import { createRequire } from "node:module";

const dist = new URL(process.env["MTA_EXPORTER_DIST"] ?? "../dist/", import.meta.url);
const [side, paths] = process.argv.slice(2);

const EVERY_MS = 10_000;
const EXPRESSION = "*/10 * * * * *";

/** @template T @param {string} file @returns {Promise<T>} */
const built = async (file) => /** @type {T} */ (await import(new URL(file, dist).href));

/** How late the runs were. @type {number[]} */
let latenessMs = [];
let missed = 0;

/** By the host's clock, which is what cron expressions speak of. @param {number} offset Share of the interval. */
function note(offset) {
  const since = (Date.now() - offset * EVERY_MS) % EVERY_MS;
  latenessMs.push(since > EVERY_MS / 2 ? 0 : since);
}

/** @param {number} number Of a path; where in a round it is due. */
function offsetOf(number) {
  return createHash("sha256").update(`path ${number}`).digest().readUInt32BE(0) / 2 ** 32;
}

/** @param {number} count */
async function startScheduler(count) {
  /** @type {typeof import("../src/clock.ts")} */
  const { systemClock: clock } = await built("clock.js");
  /** @type {typeof import("../src/schedule/cron.ts")} */
  const { startCron } = await built("schedule/cron.js");
  /** @type {typeof import("../src/schedule/scheduler.ts")} */
  const { Scheduler } = await built("schedule/scheduler.js");
  /** @type {typeof import("../src/schedule/timing-wheel.ts")} */
  const { TimingWheel } = await built("schedule/timing-wheel.js");
  const schedule = { kind: /** @type {const} */ ("cron"), expression: EXPRESSION, timezone: null };
  const use = { schedule, whileFailingMs: null };
  const scheduler = new Scheduler({
    clock,
    timers: new TimingWheel(clock),
    startCron,
    onDue: ({ offset }) => {
      note(offset);
    },
    onMissed: (_path, runs) => {
      missed += runs;
    },
  });
  const members = Array.from({ length: count }, (_, number) => ({
    id: `path ${number}`,
    offset: offsetOf(number),
    intervalSeconds: EVERY_MS / 1000,
    use,
  }));
  scheduler.update(new Map(members.map((member) => [member.id, member])));
}

/** @param {number} count */
function startTasks(count) {
  /** @type {typeof import("node-cron")} */
  const { createTask } = createRequire(import.meta.url)("node-cron");
  const options = { noOverlap: true, suppressMissedWarning: true };
  for (let number = 0; number < count; number++) {
    const task = createTask(
      EXPRESSION,
      () => {
        note(0);
      },
      options,
    );
    task.on("execution:missed", () => {
      missed++;
    });
    void task.start();
  }
}

if (side === "agent") await startScheduler(Number(paths));
else startTasks(Number(paths));

let cpu = process.cpuUsage();
process.on("message", () => {
  const { user, system } = process.cpuUsage(cpu);
  latenessMs.sort((one, other) => one - other);
  const runs = latenessMs.length;
  const p99Ms = latenessMs[Math.round(0.99 * (runs - 1))] ?? Number.NaN;
  process.send?.({ cpuSeconds: (user + system) / 1e6, runs, missed, p99Ms });
  latenessMs = [];
  missed = 0;
  cpu = process.cpuUsage();
});
process.send?.("ready");
