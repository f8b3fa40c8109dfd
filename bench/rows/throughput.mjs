// Rows 1, 2 and 3: what a full SMTP exchange costs, and how many fit into a second.
import { cpuMs, errorsOf, interleaved, median, ratio } from "../rounds.mjs";
import { agent, bareSockets, blackbox, cClient, smtpPeer } from "../sides.mjs";
import { judged, missing, short } from "../table.mjs";

/** @import { Measurement } from "../load.mjs" */
/** @import { Side } from "../sides.mjs" */

const ROUNDS = 5;

/** Probes that are not counted: compilers warm up, caches fill. */
const WARM_UP = 15_000;

/** @param {number} probes */
const load = (probes) => ({ probes, source: 10, sources: 8 });

/** @param {Measurement} measured */
const probesPerSecond = ({ probes, seconds }) => probes / seconds;

/** @param {readonly Measurement[]} all */
const cpuText = (all) => `${short(median(all.map(cpuMs)))} ms`;

/** @param {readonly Measurement[]} all */
const rateText = (all) => `${Math.round(median(all.map(probesPerSecond)))}/s`;

/** @param {string | null} blackboxProgram */
export async function throughput(blackboxProgram) {
  const peer = await smtpPeer();
  /** @type {Side[]} */
  const sides = [cClient(peer.port), await agent(peer.port)];
  sides.push(await bareSockets(peer.port, "new"), await bareSockets(peer.port, "reuse"));
  const [limit, ours, newSockets, sameSockets] = /** @type {[Side, Side, Side, Side]} */ (sides);
  const rival = blackboxProgram === null ? null : await blackbox(blackboxProgram, peer.port);
  await ours.run(load(WARM_UP));
  await newSockets.run(load(WARM_UP));
  await sameSockets.run(load(WARM_UP));
  await rival?.run(load(1_000));
  const measured = await interleaved(ROUNDS, {
    c: { side: limit, load: load(30_000) },
    agent: { side: ours, load: load(15_000) },
    newSockets: { side: newSockets, load: load(15_000) },
    sameSockets: { side: sameSockets, load: load(15_000) },
    ...(rival === null ? {} : { blackbox: { side: rival, load: load(5_000) } }),
  });
  for (const side of sides) side.stop();
  rival?.stop();
  peer.stop();
  const { c, agent: mine, newSockets: floor, sameSockets: reused } = measured;
  const theirs = measured.blackbox ?? null;
  const failed = errorsOf(Object.values(measured).flat());
  const note = failed === 0 ? {} : { note: `${failed} probes failed` };
  const cpu = { agent: cpuText(mine), what: "CPU per SMTP probe, agent / " };
  const againstBlackbox =
    theirs === null
      ? [missing("1", `${cpu.what}blackbox`, "blackbox_exporter is missing")]
      : [
          judged({
            ...cpu,
            ...note,
            row: "1",
            what: `${cpu.what}blackbox`,
            rival: cpuText(theirs),
            ratio: ratio(mine, theirs, cpuMs),
            atMost: 0.15,
          }),
        ];
  const peak = { row: "3", what: "peak SMTP probes a second, agent / blackbox" };
  return [
    ...againstBlackbox,
    judged({
      ...cpu,
      row: "2",
      what: `${cpu.what}C`,
      rival: cpuText(c),
      ratio: ratio(mine, c, cpuMs),
      atMost: 1.6,
    }),
    judged({
      ...cpu,
      row: "2",
      what: `${cpu.what}bare net.Socket`,
      rival: cpuText(floor),
      ratio: ratio(mine, floor, cpuMs),
    }),
    judged({
      row: "2",
      what: "the same, bare net.Socket / C",
      agent: cpuText(floor),
      rival: cpuText(c),
      ratio: ratio(floor, c, cpuMs),
    }),
    judged({
      row: "2",
      what: "the same, bare net.Socket used again / C",
      agent: cpuText(reused),
      rival: cpuText(c),
      ratio: ratio(reused, c, cpuMs),
    }),
    theirs === null
      ? missing(peak.row, peak.what, "blackbox_exporter is missing")
      : judged({
          ...peak,
          agent: rateText(mine),
          rival: rateText(theirs),
          ratio: ratio(mine, theirs, probesPerSecond),
          atLeast: 5,
        }),
  ];
}
