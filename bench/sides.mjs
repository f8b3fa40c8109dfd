// The sides that are compared, each a process that runs the loads it is given, and the SMTP server
// that answers them all.
import { execFile, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { TARGETS } from "./load.mjs";
import { cProgram } from "./tools.mjs";

/** @import { ChildProcess } from "node:child_process" */
/** @import { Load, Measurement } from "./load.mjs" */

/**
 * @typedef {object} Side
 * @property {(load: Load) => Promise<Measurement>} run
 * @property {() => void} stop
 */

const run = promisify(execFile);

/** Nothing takes longer: a run that hangs ends the benchmark. */
const PATIENCE_MS = 120_000;

/** Clock ticks in a second, the unit of /proc/PID/stat; Linux shows 100 on every architecture. */
const TICKS = 100;

/** Processes of this benchmark; none is left behind when it breaks off. @type {Set<ChildProcess>} */
const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill();
});

/** @param {ChildProcess} child */
function stopping(child) {
  running.add(child);
  return () => {
    running.delete(child);
    child.kill();
  };
}

/** A port on which nobody listens. @returns {Promise<number>} */
async function freePort() {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

/** An SMTP server on 127.0.0.1 and the addresses after it. @param {{ holdUs?: number }} [options] */
export async function smtpPeer({ holdUs = 0 } = {}) {
  const port = await freePort();
  const words = ["--port", String(port), "--addresses", String(TARGETS), "--hold-us", `${holdUs}`];
  const peer = spawn(cProgram("smtp-peer"), words, { stdio: ["ignore", "pipe", "inherit"] });
  const stop = stopping(peer);
  await once(peer.stdout, "data");
  return { port, stop };
}

/**
 * Runs a C program with a load; of an option that stands twice in its words the first counts.
 * @param {string} program @param {readonly string[]} own @param {number} port @param {Load} load
 */
async function runLoad(program, own, port, load) {
  const { probes, inFlight, perSecond, source, sources } = load;
  const words = ["--port", port, "--targets", TARGETS, "--probes", probes, "--source", source];
  words.push("--sources", sources);
  if (inFlight !== undefined) words.push("--in-flight", inFlight);
  if (perSecond !== undefined) words.push("--rate", perSecond);
  const { stdout } = await run(cProgram(program), [...own, ...words.map(String)], {
    timeout: PATIENCE_MS,
  });
  return /** @type {Measurement} */ (JSON.parse(stdout));
}

/** The C client. @param {number} port @returns {Side} */
export function cClient(port) {
  return { run: (load) => runLoad("smtp-client", [], port, load), stop: () => {} };
}

/**
 * Leaves a connection in TIME_WAIT for each probe of a load, each on the next port.
 * @param {number} port @param {Load} load @param {number} firstPort
 */
export function leaveTimeWait(port, load, firstPort) {
  const words = ["--banner-only", "--local-port", String(firstPort)];
  return runLoad("smtp-client", words, port, load);
}

/** @param {ChildProcess} child @returns {Promise<unknown>} */
function nextMessage(child) {
  return new Promise((resolve, reject) => {
    /** @param {string} why */
    const fail = (why) => {
      reject(new Error(`${child.spawnargs.join(" ")}: ${why}`));
    };
    const timer = setTimeout(fail, PATIENCE_MS, "no answer");
    const onExit = () => {
      fail("has ended");
    };
    child.once("exit", onExit);
    child.once("message", (message) => {
      clearTimeout(timer);
      child.off("exit", onExit);
      resolve(message);
    });
  });
}

/** A program of this folder that serves loads. @param {string} program @param {...string} words @returns {Promise<Side>} */
async function nodeSide(program, ...words) {
  const child = fork(join(import.meta.dirname, program), words);
  const stop = stopping(child);
  await nextMessage(child);
  return {
    run: async (load) => {
      child.send(load);
      return /** @type {Measurement} */ (await nextMessage(child));
    },
    stop,
  };
}

/** @param {number} port */
export const agent = (port) => nodeSide("agent-side.mjs", String(port));

/** Bare sockets of node:net, a new one for each probe or the same ones over and over. @param {number} port @param {"new" | "reuse"} mode */
export const bareSockets = (port, mode) => nodeSide("socket-side.mjs", String(port), mode);

/** A module for each source address: it can only be set there. */
function blackboxModules() {
  const modules = Array.from({ length: 99 }, (_, index) => index + 1).map(
    (host) => `  smtp_${host}:
    prober: tcp
    timeout: 10s
    tcp:
      preferred_ip_protocol: ip4
      source_ip_address: 127.0.0.${host}
      query_response:
      - expect: "^220 "
      - send: "EHLO probe.example\\r"
      - expect: "^250 "
      - send: "QUIT\\r"
      - expect: "^221 "
`,
  );
  return `modules:\n${modules.join("")}`;
}

/** User and system time of a process in seconds. @param {number} pid */
function cpuSecondsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** @param {string} program @param {number} port @returns {Promise<Side>} */
export async function blackbox(program, port) {
  const ownPort = await freePort();
  const config = cProgram("blackbox.yml");
  writeFileSync(config, blackboxModules());
  const listen = `--web.listen-address=127.0.0.1:${ownPort}`;
  const exporter = spawn(program, [`--config.file=${config}`, listen, "--log.level=error"], {
    stdio: "inherit",
  });
  const stop = stopping(exporter);
  const url = `http://127.0.0.1:${ownPort}/-/healthy`;
  const isUp = async (/** @type {number} */ left) => {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok === true) return;
    if (left === 0) throw new Error(`${program} does not start`);
    await pause(100);
    await isUp(left - 1);
  };
  await isUp(100);
  return {
    run: async (load) => {
      const before = cpuSecondsOf(exporter.pid ?? 0);
      const own = ["--exporter-port", String(ownPort)];
      const measured = await runLoad("blackbox-load", own, port, load);
      return { ...measured, cpuSeconds: cpuSecondsOf(exporter.pid ?? 0) - before };
    },
    stop,
  };
}
