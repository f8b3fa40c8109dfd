import { describe, expect, it } from "vitest";
import { issueServer } from "../support/certificates.ts";
import { expectedReport, probeHostile, type HostilePeer } from "../support/hostile-peer.ts";
import { leastPeakGrowth } from "../support/memory.ts";
import { flood, hear, hearHello, pause, send } from "../support/peer-steps.ts";
import { asked, banner, parting, readied, secured } from "../support/smtp-dialogue.ts";

const LIMIT = 5_000_000;
const FLOOD = 100_000_000;

const certificate = issueServer();

function record(text: string): Buffer {
  return Buffer.from(text.replaceAll(" ", ""), "hex");
}

const peers: readonly HostilePeer[] = [
  {
    does: "lines of a banner",
    script: [flood("220-and on\r\n", FLOOD)],
    failure: ["banner", "limit_exceeded"],
  },
  {
    does: "a line of a banner",
    script: [send("220 "), flood("x", FLOOD)],
    failure: ["banner", "limit_exceeded"],
  },
  { does: "junk", script: [flood("\0\xff", FLOOD)], failure: ["banner", "protocol_error"] },
  {
    does: "replies that nobody asked for",
    script: [flood("220 mx\r\n", FLOOD)],
    failure: ["banner", "protocol_error", 220],
  },
  {
    does: "capabilities",
    script: [banner, hear("EHLO "), flood("250-AND-ON\r\n", FLOOD)],
    failure: ["ehlo", "limit_exceeded"],
  },
  {
    does: "clear text after its 220 to STARTTLS",
    script: [...asked, send("220 go\r\n250 "), flood("x", FLOOD)],
    failure: ["starttls", "starttls_injection", 220],
  },
  {
    does: "a handshake message",
    script: [...readied, hearHello, send(record("16 0303 4000 02 ffffff")), flood("x", FLOOD)],
    failure: ["tls", "tls_handshake_failed"],
  },
  {
    does: "empty records",
    script: [...readied, hearHello, flood(record("16 0303 0000"), FLOOD)],
    failure: ["tls", "tls_handshake_failed"],
  },
  {
    does: "clear text in the handshake",
    script: [...readied, hearHello, flood("junk", FLOOD)],
    failure: ["tls", "tls_handshake_failed"],
  },
  {
    does: "a line inside TLS",
    script: [...secured({ certificate }), hear("EHLO "), send("250-"), flood("x", FLOOD)],
    failure: ["ehlo", "limit_exceeded"],
  },
  {
    does: "what it likes after its 221",
    script: [banner, ...parting, send("221 bye\r\n"), pause(20), flood("x", FLOOD)],
  },
];

describe("a probe in less than 5 MB of an SMTP peer that floods", () => {
  it.each(peers)("$does", async (peer) => {
    const { report } = await probeHostile(peer);
    expect(report).toEqual(expectedReport(peer));
    const growth = await leastPeakGrowth(async () => probeHostile(peer), 3);
    expect(Math.max(...Object.values(growth))).toBeLessThan(LIMIT);
  });
});
