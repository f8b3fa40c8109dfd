// Row 5: how far a probe is off. The server holds its banner for exactly 20 ms; what a probe takes
// above that is its own work and its own waiting.
import { interleaved, errorsOf, median, ratio } from "../rounds.mjs";
import { agent, blackbox, cClient, smtpPeer } from "../sides.mjs";
import { judged, missing, short } from "../table.mjs";

/** @import { Measurement } from "../load.mjs" */

const HOLD_MS = 20;
const ROUNDS = 3;
const SECONDS = 4;
const RATES = [1_000, 2_000];

/** @param {Measurement} measured */
const aboveHold = ({ p99Ms }) => p99Ms - HOLD_MS;

/** @param {readonly Measurement[]} all */
const text = (all) => `${short(median(all.map(aboveHold)))} ms`;

/** @param {number} perSecond @param {number} seconds */
function load(perSecond, seconds) {
  return { probes: perSecond * seconds, perSecond, source: 10, sources: 8 };
}

/** @param {string | null} blackboxProgram */
export async function fidelity(blackboxProgram) {
  const what = "p99 above a 20.00 ms hold, agent / blackbox";
  if (blackboxProgram === null) return [missing("5", what, "blackbox_exporter is missing")];
  const peer = await smtpPeer({ holdUs: HOLD_MS * 1000 });
  const ours = await agent(peer.port);
  const rival = await blackbox(blackboxProgram, peer.port);
  const limit = cClient(peer.port);
  await ours.run(load(2_000, 4));
  await rival.run(load(1_000, 2));
  /** @param {number} perSecond */
  const atRate = async (perSecond) => {
    const measured = await interleaved(ROUNDS, {
      c: { side: limit, load: load(perSecond, SECONDS) },
      agent: { side: ours, load: load(perSecond, SECONDS) },
      blackbox: { side: rival, load: load(perSecond, SECONDS) },
    });
    const failed = errorsOf(Object.values(measured).flat());
    const note = `at ${perSecond}/s the C client's p99 is ${text(measured.c)} above the hold`;
    return judged({
      row: "5",
      what: `${what}, at ${perSecond}/s`,
      agent: text(measured.agent),
      rival: text(measured.blackbox),
      ratio: ratio(measured.agent, measured.blackbox, aboveHold),
      atMost: 0.12,
      note: failed === 0 ? note : `${note}; ${failed} probes failed`,
    });
  };
  const [slow, fast] = RATES;
  const rows = [await atRate(slow ?? 0), await atRate(fast ?? 0)];
  ours.stop();
  rival.stop();
  peer.stop();
  return rows;
}
