import { describe, expect, it } from "vitest";
import { expectedReport, probeHostile } from "../support/hostile-peer.ts";
import { hostilePeers } from "./smtp-peers/all.ts";

describe.each(Object.entries(hostilePeers))("an SMTP peer that %s", (_when, peers) => {
  it.each(peers)("$does", async (peer) => {
    const { report, ending } = await probeHostile(peer);
    expect(report).toEqual(expectedReport(peer));
    expect(ending).toBeDefined();
  });
});
