import { describe, expect, it } from "vitest";
import { expectedReport, probeHostile } from "../support/hostile-peer.ts";
import { slowPeers } from "./smtp-peers/slow.ts";

describe("an SMTP peer that takes its time", () => {
  it.each(slowPeers)("$does", async (peer) => {
    const { report, ending } = await probeHostile(peer);
    expect(report).toEqual(expectedReport(peer));
    expect(ending).toBe("reset");
  });
});
