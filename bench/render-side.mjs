// One side of row 7 in a process of its own: the agent's exposition behind HTTP, or prom-client's own
// metrics with the same series. Started by render.mjs with the side's name and a number of paths.
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";

/** @import { Path, ProbeResult } from "../src/events.ts" */
/** @typedef {{ port: number, updateNs: number, run: () => Promise<number> }} Side */

const dist = new URL(process.env["MTA_EXPORTER_DIST"] ?? "../dist/", import.meta.url);
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** @type {readonly ("connect" | "banner" | "ehlo" | "quit")[]} */
const PHASES = ["connect", "banner", "ehlo", "quit"];
const UPDATES = 20_000;

/** @param {number} i @returns {Path} */
function pathOf(i) {
  return {
    id: String(i),
    cluster: "mail1",
    direction: "outbound",
    ipResource: `vip-${i % 16}`,
    address: `192.0.2.${i % 16}`,
    peer: `partner-${i}`,
    peerAddress: `10.${Math.floor(i / 65_536)}.${Math.floor(i / 256) % 256}.${i % 256}`,
    module: "smtp",
    prober: "smtp",
    intervalSeconds: 15,
  };
}

/** A duration with as many digits as a clock gives. @param {number} i */
const durationOf = (i) => 0.001 + ((i * 7919) % 99_991) / 99_991;

/** @param {number} i @returns {ProbeResult} */
function resultOf(i) {
  return {
    outcome: "success",
    startedAtMs: 1_767_225_600_000 + i,
    durationSeconds: durationOf(i),
    phases: PHASES.map((phase, k) => ({ phase, durationSeconds: durationOf(i + k) / 4 })),
    failure: null,
    warnings: [],
    facts: [{ metric: "mta_smtp_reply_code", value: 250, labels: [] }],
    info: {},
    transcript: [],
    localAddress: "",
  };
}

/** @template T @param {string} file @returns {Promise<T>} */
const built = async (file) => /** @type {T} */ (await import(new URL(file, dist).href));

/** @param {number} paths @returns {Promise<Side>} */
async function agent(paths) {
  /** @type {typeof import("../src/events.ts")} */
  const { EventBus } = await built("events.js");
  /** @type {typeof import("../src/clock.ts")} */
  const { systemClock } = await built("clock.js");
  /** @type {typeof import("../src/exporters/prometheus/exporter.ts")} */
  const { PrometheusExporter } = await built("exporters/prometheus/exporter.js");
  const bus = new EventBus((_event, error) => {
    throw error;
  });
  const { exposition } = new PrometheusExporter({
    bus,
    clock: systemClock,
    version: "bench",
    alertmanagers: [],
    facts: [{ metric: "mta_smtp_reply_code", help: "Code of the last reply." }],
    durationBuckets: BUCKETS,
    seriesLimit: Infinity,
  });
  const events = Array.from({ length: paths }, (_, i) => ({
    path: pathOf(i),
    result: resultOf(i),
  }));
  for (const { path } of events) bus.emit("path.added", { path });
  for (const event of events) bus.emit("probe.finished", event);
  const updates = events.filter((_, i) => i % Math.ceil(paths / UPDATES) === 0);
  const beganMs = performance.now();
  for (const event of updates) bus.emit("probe.finished", event);
  const updateNs = ((performance.now() - beganMs) * 1e6) / updates.length;

  const server = createServer((request, response) => {
    const type = exposition.contentType(request.headers.accept);
    response.setHeader("content-type", type);
    void exposition.writeTo(response, type).then(() => response.end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  return { port, updateNs, run: () => Promise.resolve(0) };
}

/** @param {number} paths @returns {Side} */
function promClient(paths) {
  /** @type {typeof import("prom-client")} */
  const { Counter, Gauge, Histogram, Registry } = createRequire(import.meta.url)("prom-client");
  const registry = new Registry();
  const registers = [registry];
  const labelNames = "mta_cluster direction ip_resource address peer peer_address module prober";
  /** @param {string} name @param {string[]} own */
  const options = (name, ...own) => ({
    registers,
    name,
    help: "The same as the agent's.",
    labelNames: [...labelNames.split(" "), ...own],
  });
  const success = new Gauge(options("mta_probe_success"));
  const lastDuration = new Gauge(options("mta_probe_last_duration_seconds"));
  const phaseDuration = new Gauge(options("mta_probe_phase_duration_seconds", "phase"));
  const lastRun = new Gauge(options("mta_probe_last_run_timestamp_seconds"));
  const lastSuccess = new Gauge(options("mta_probe_last_success_timestamp_seconds"));
  const interval = new Gauge(options("mta_probe_interval_seconds"));
  const replyCode = new Gauge(options("mta_smtp_reply_code"));
  const probes = new Counter(options("mta_probes_total", "result"));
  const durations = new Histogram({
    ...options("mta_probe_duration_seconds"),
    buckets: BUCKETS,
  });
  for (let i = 0; i < paths; i++) {
    const path = pathOf(i);
    const result = resultOf(i);
    const labels = {
      mta_cluster: path.cluster,
      direction: path.direction,
      ip_resource: path.ipResource,
      address: path.address,
      peer: path.peer,
      peer_address: path.peerAddress,
      module: path.module,
      prober: path.prober,
    };
    success.set(labels, 1);
    lastDuration.set(labels, result.durationSeconds);
    for (const { phase, durationSeconds } of result.phases) {
      phaseDuration.set({ ...labels, phase }, durationSeconds);
    }
    lastRun.set(labels, result.startedAtMs / 1000);
    lastSuccess.set(labels, result.startedAtMs / 1000);
    interval.set(labels, path.intervalSeconds);
    replyCode.set(labels, 250);
    probes.inc({ ...labels, result: "success" }, 1);
    probes.inc({ ...labels, result: "failure" }, 0);
    probes.inc({ ...labels, result: "inconclusive" }, 0);
    durations.observe(labels, result.durationSeconds);
  }
  const run = async () => {
    const beganMs = performance.now();
    await registry.metrics();
    return performance.now() - beganMs;
  };
  return { port: 0, updateNs: 0, run };
}

const [, , name, paths] = process.argv;
const side = name === "agent" ? await agent(Number(paths)) : promClient(Number(paths));

let longestGapMs = 0;
let lastMs = performance.now();
setInterval(() => {
  const nowMs = performance.now();
  longestGapMs = Math.max(longestGapMs, nowMs - lastMs - 1);
  lastMs = nowMs;
}, 1);

/** What has been seen since the last answer. @param {number} ranMs */
function answer(ranMs) {
  const { user, system } = process.cpuUsage();
  const residentMb = process.memoryUsage.rss() / 2 ** 20;
  process.send?.({ ranMs, longestGapMs, cpuMs: (user + system) / 1000, residentMb });
  longestGapMs = 0;
  lastMs = performance.now();
}

process.on("message", (message) => {
  if (message === "run") void side.run().then(answer);
  else answer(0);
});
process.send?.({ port: side.port, updateNs: side.updateNs });
