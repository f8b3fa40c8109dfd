import { describe, expect, it } from "vitest";
import { expectedReport, probeHostile } from "../support/hostile-peer.ts";
import { bannerPeers } from "./smtp-peers/banner.ts";
import { ehloPeers } from "./smtp-peers/ehlo.ts";
import { handshakePeers } from "./smtp-peers/handshake.ts";
import { inTlsPeers } from "./smtp-peers/in-tls.ts";
import { quitPeers } from "./smtp-peers/quit.ts";
import { injectingPeers, starttlsPeers } from "./smtp-peers/starttls.ts";

// Peers that misbehave at MAIL or RCPT (that close, greylist or refuse to relay there) are left
// out: the probe stops where mail would begin and never sends these commands.
describe.each([
  ["instead of a banner", bannerPeers],
  ["asked for its name", ehloPeers],
  ["told STARTTLS", starttlsPeers],
  ["told STARTTLS injects", injectingPeers],
  ["in the handshake", handshakePeers],
  ["inside TLS", inTlsPeers],
  ["told QUIT", quitPeers],
])("an SMTP peer that %s", (_when, peers) => {
  it.each(peers)("$does", async (peer) => {
    const { report } = await probeHostile(peer);
    expect(report).toEqual(expectedReport(peer));
  });
});
