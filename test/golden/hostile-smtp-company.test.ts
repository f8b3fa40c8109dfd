import { expect, it } from "vitest";
import { expectedReport, probeHostile, type HostilePeer } from "../support/hostile-peer.ts";
import { hostilePeers } from "./smtp-peers/all.ts";

const peers = Object.values(hostilePeers).flat();

/** Peers that are probed at a time. */
const TOGETHER = 16;

/** The limit where it is taken: in company everything takes longer. */
const TIMEOUT_MS = 1_200;

/** Every peer once, in an order that another seed changes. */
function shuffled(seed: number): HostilePeer[] {
  const places = peers.map((peer, index) => ({ peer, place: (index * seed) % 9_973 }));
  return places.toSorted((one, other) => one.place - other.place).map(({ peer }) => peer);
}

/** What a probe says of each, apart from the time that it takes among so many. */
async function findings(queue: HostilePeer[]): Promise<object[]> {
  const peer = queue.pop();
  if (peer === undefined) return [];
  const { report } = await probeHostile(
    peer.takesTheLimit === true
      ? { ...peer, probe: { timeoutMs: TIMEOUT_MS, ...peer.probe } }
      : peer,
  );
  const { outcome, failure, warnings, faults } = report;
  const expected = expectedReport(peer);
  const differs =
    JSON.stringify([outcome, failure, warnings, faults]) !==
    JSON.stringify([expected.outcome, expected.failure, expected.warnings, expected.faults]);
  return [
    ...(differs ? [{ peer: peer.does, outcome, failure, warnings, faults }] : []),
    ...(await findings(queue)),
  ];
}

it.each([1_009, 4_001])(
  "a probe says the same of an SMTP peer whatever the others do (order %i)",
  async (seed) => {
    const queue = shuffled(seed);
    const all = await Promise.all(Array.from({ length: TOGETHER }, async () => findings(queue)));
    expect(all.flat()).toEqual([]);
  },
  60_000,
);
