// Row 11: what a probe costs from a source address with 28,000 connections in TIME_WAIT, as an MTA
// that sends much mail leaves them behind.
import { readFileSync } from "node:fs";
import { cpuMs, errorsOf, interleaved, median, ratio } from "../rounds.mjs";
import { agent, blackbox, leaveTimeWait, smtpPeer } from "../sides.mjs";
import { judged, short } from "../table.mjs";

const ROUNDS = 5;
const TIME_WAIT = 28_000;
const BUSY = 60;
const IDLE = 70;
const PROBES = 5_000;

/** @param {number} source @param {number} [probes] */
const load = (source, probes = PROBES) => ({ probes, source, sources: 1 });

/** The first of the ports that the kernel gives to connections. */
function firstPort() {
  return Number.parseInt(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8"), 10);
}

/** Connections in TIME_WAIT (state 6) that left from an address. @param {number} host */
function waitingConnections(host) {
  const address = `${host.toString(16).toUpperCase().padStart(2, "0")}00007F`;
  const line = new RegExp(String.raw`: ${address}:\S+ \S+ 06`);
  const all = readFileSync("/proc/net/tcp", "utf8").split("\n");
  return all.filter((each) => line.test(each)).length;
}

/** @param {string | null} blackboxProgram */
export async function timeWait(blackboxProgram) {
  const peer = await smtpPeer();
  const ours = await agent(peer.port);
  const rival = blackboxProgram === null ? null : await blackbox(blackboxProgram, peer.port);
  await ours.run(load(IDLE, 15_000));
  await ours.run(load(BUSY));
  await leaveTimeWait(peer.port, load(BUSY, TIME_WAIT), firstPort());
  const waiting = waitingConnections(BUSY);
  const measured = await interleaved(ROUNDS, {
    busy: { side: ours, load: load(BUSY) },
    idle: { side: ours, load: load(IDLE) },
  });
  const theirs = await rival?.run(load(BUSY, 1_000));
  ours.stop();
  rival?.stop();
  peer.stop();
  const { busy, idle } = measured;
  const errors = errorsOf(busy) + errorsOf(idle);
  const row = judged({
    row: "11",
    what: "CPU per probe, 28k TIME_WAIT on the source / none",
    agent: `${short(median(busy.map(cpuMs)))} ms`,
    rival: `${short(median(idle.map(cpuMs)))} ms`,
    ratio: ratio(busy, idle, cpuMs),
    atMost: 1.1,
    note:
      `${waiting} connections in TIME_WAIT; ${errors} of the agent's ${2 * ROUNDS * PROBES} probes failed; ` +
      (theirs === undefined
        ? "blackbox_exporter is missing"
        : `of blackbox's from the busy address ${theirs.errors} in ${theirs.probes}`),
  });
  return [{ ...row, met: row.met === true && errors === 0 }];
}
