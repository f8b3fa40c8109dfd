import type { HostilePeer } from "../../support/hostile-peer.ts";
import { bannerPeers } from "./banner.ts";
import { ehloPeers } from "./ehlo.ts";
import { handshakePeers } from "./handshake.ts";
import { inTlsPeers } from "./in-tls.ts";
import { quitPeers } from "./quit.ts";
import { slowPeers } from "./slow.ts";
import { injectingPeers, starttlsPeers } from "./starttls.ts";

/**
 * Every hostile SMTP peer, by when it misbehaves. Those that misbehave at MAIL or RCPT (that close,
 * greylist or refuse to relay there) are left out: the probe stops where mail would begin and never
 * sends these commands.
 */
export const hostilePeers: Readonly<Record<string, readonly HostilePeer[]>> = {
  "instead of a banner": bannerPeers,
  "asked for its name": ehloPeers,
  "told STARTTLS": starttlsPeers,
  "told STARTTLS injects": injectingPeers,
  "in the handshake": handshakePeers,
  "inside TLS": inTlsPeers,
  "told QUIT": quitPeers,
  "takes its time and": slowPeers,
};
