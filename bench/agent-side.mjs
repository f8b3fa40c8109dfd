// The agent, put together as src/agent.ts does it, but for the schedule and the HTTP side: a load
// says when each path is due. node bench/agent-side.mjs PORT
import { openSync } from "node:fs";
import { journey, serveLoads } from "./load.mjs";

/** @import { Finished, Load } from "./load.mjs" */
/** @import { Path, ProbeResult } from "../src/events.ts" */
/** @typedef {Path & { readonly source: string, readonly target: string }} BenchPath */

const dist = new URL(process.env["MTA_EXPORTER_DIST"] ?? "../dist/", import.meta.url);
const port = Number(process.argv[2]);

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const PATHS_PER_SOURCE = 256;
const UNLIMITED = 1e6;

/** @template T @param {string} file @returns {Promise<T>} */
const built = async (file) => /** @type {T} */ (await import(new URL(file, dist).href));

/** @type {typeof import("../src/clock.ts")} */
const { systemClock } = await built("clock.js");
/** @type {typeof import("../src/commands/young-objects.ts")} */
const { keepObjectsYoung } = await built("commands/young-objects.js");
/** @type {typeof import("../src/diagnosis/path-states.ts")} */
const { PathStates } = await built("diagnosis/path-states.js");
/** @type {typeof import("../src/events.ts")} */
const { EventBus } = await built("events.js");
/** @type {typeof import("../src/exporters/history.ts")} */
const { History } = await built("exporters/history.js");
/** @type {typeof import("../src/exporters/log.ts")} */
const { logEvents } = await built("exporters/log.js");
/** @type {typeof import("../src/exporters/logger.ts")} */
const { openLog } = await built("exporters/logger.js");
/** @type {typeof import("../src/exporters/prometheus/exporter.ts")} */
const { PrometheusExporter } = await built("exporters/prometheus/exporter.js");
/** @type {typeof import("../src/net/source-ports.ts")} */
const { SourcePorts } = await built("net/source-ports.js");
/** @type {typeof import("../src/probes/smtp.ts")} */
const { smtpProbe } = await built("probes/smtp.js");
/** @type {typeof import("../src/readiness.ts")} */
const { Readiness } = await built("readiness.js");
/** @type {typeof import("../src/runner.ts")} */
const { Runner } = await built("runner.js");
/** @type {typeof import("../src/schedule/dispatcher.ts")} */
const { Dispatcher } = await built("schedule/dispatcher.js");
/** @type {typeof import("../src/schedule/timing-wheel.ts")} */
const { TimingWheel } = await built("schedule/timing-wheel.js");

keepObjectsYoung();
const bus = new EventBus((event, error) => {
  exporter.listenerFailed(event);
  throw error;
});
const timers = new TimingWheel(systemClock);
const settings = smtpProbe.settings.parse({ port });
const runner = new Runner({
  clock: systemClock,
  timers,
  ports: new SourcePorts({ from: 61_000, to: 65_535 }),
  byteLimit: 65_536,
});
const dispatcher = new Dispatcher({
  clock: systemClock,
  timers,
  limits: {
    probesInFlight: 1_000,
    probesPerSecondPerSource: UNLIMITED,
    probesPerSecondPerPeer: UNLIMITED,
  },
  run: probe,
  onMissed: finish,
});

const states = new PathStates(systemClock);
const exporter = new PrometheusExporter({
  bus,
  clock: systemClock,
  version: "bench",
  alertmanagers: [],
  facts: Object.values(smtpProbe.facts),
  durationBuckets: BUCKETS,
  seriesLimit: UNLIMITED,
});
const history = new History(bus);
logEvents(bus, openLog({ fd: openSync("/dev/null", "w") }).logger);
new Readiness(bus).begin(new Map());
bus.on("probe.finished", ({ path, result }) => {
  const change = states.record(path, result);
  if (change !== null) bus.emit("path.changed", change);
});

/** Who waits for the run of a path. @type {Map<string, Finished>} */
const waiting = new Map();

/** @param {BenchPath} path @param {number} latenessSeconds */
async function probe(path, latenessSeconds) {
  bus.emit("probe.started", { path, latenessSeconds });
  const result = await runner.run({
    type: smtpProbe,
    settings,
    target: { host: path.target, address: path.target, port, source: path.source },
    timeoutMs: 10_000,
    phaseTimeoutsMs: {},
  });
  bus.emit("probe.finished", { path, result });
  // Once the dispatcher has let go of the path.
  queueMicrotask(() => {
    finish(path, result);
  });
}

/** @param {BenchPath} path @param {ProbeResult} [result] */
function finish(path, result) {
  const isGood = result?.outcome === "success" && result.warnings.length === 0;
  waiting.get(path.id)?.(isGood, (result?.durationSeconds ?? 0) * 1000);
}

/** The paths of a load, made when it is the first from its sources. @type {Map<string, BenchPath[]>} */
const known = new Map();

/** @param {Load} load */
function pathsOf(load) {
  const key = `${load.source} ${load.sources}`;
  const paths = known.get(key) ?? [];
  if (known.has(key)) return paths;
  known.set(key, paths);
  for (let number = 0; number < PATHS_PER_SOURCE * load.sources; number++) {
    const { source, target } = journey(number, load);
    const path = {
      id: `${source} ${number}`,
      cluster: "mail1",
      direction: /** @type {const} */ ("outbound"),
      ipResource: `vip-${source}`,
      address: source,
      peer: `partner-${number}`,
      peerAddress: target,
      module: "smtp",
      prober: "smtp",
      intervalSeconds: 15,
      source,
      target,
    };
    paths.push(path);
    bus.emit("path.added", { path });
  }
  return paths;
}

serveLoads(
  (number, load, dueMs, finished) => {
    const paths = pathsOf(load);
    const path = paths[number % paths.length];
    if (path === undefined) throw new RangeError("a load without sources");
    if (number === 0 && waiting.has(path.id) && history.results(path.id).length === 0) {
      throw new Error("the agent kept no history of the load before");
    }
    waiting.set(path.id, finished);
    dispatcher.submit(path, load.perSecond === undefined ? performance.now() : dueMs);
  },
  (atMs, callback) => timers.at(atMs, callback),
);
