import { issueServer } from "../../support/certificates.ts";
import type { HostilePeer } from "../../support/hostile-peer.ts";
import {
  drip,
  hear,
  hearHello,
  pause,
  send,
  silence,
  stopReading,
} from "../../support/peer-steps.ts";
import { asked, banner, greeted, readied, secured } from "../../support/smtp-dialogue.ts";

const certificate = issueServer();

const tls = [...readied, hearHello] as const;

/** Longer than any limit here, in steps that are each far shorter than it. */
const dripping = `220-${"slow ".repeat(200)}\r\n`;

const peers: readonly HostilePeer[] = [
  { does: "accepts and is silent", script: [silence], failure: ["banner", "timeout"] },
  {
    does: "drips a banner that would end",
    script: [drip("220 mx.example.test ESMTP in the end\r\n", 40), silence],
    failure: ["banner", "timeout"],
  },
  {
    does: "drips a banner without end",
    script: [drip(dripping, 5)],
    failure: ["banner", "timeout"],
  },
  {
    does: "drips past the limit of the phase",
    script: [drip(dripping, 5)],
    failure: ["banner", "timeout"],
    probe: { timeoutMs: 3_000, phaseTimeoutsMs: { banner: 200 } },
  },
  {
    does: "drips lines of a banner",
    script: [send("220-mx\r\n"), pause(100), send("220-mx\r\n"), pause(100), send("220-mx\r\n")],
    failure: ["banner", "timeout"],
  },
  {
    does: "sends the digits of a code",
    script: [send("220"), silence],
    failure: ["banner", "timeout"],
  },
  {
    does: "sends half a line end",
    script: [send("220 mx\r"), silence],
    failure: ["banner", "timeout"],
  },
  {
    does: "is silent at EHLO",
    script: [banner, hear("EHLO "), silence],
    failure: ["ehlo", "timeout"],
  },
  {
    does: "reads nothing",
    script: [stopReading, banner, silence],
    failure: ["ehlo", "timeout"],
  },
  {
    does: "drips its capabilities",
    script: [banner, hear("EHLO "), drip(dripping.replaceAll("220", "250"), 5)],
    failure: ["ehlo", "timeout"],
  },
  {
    does: "is slow at each line, for more than the limit in all",
    script: [
      pause(80),
      banner,
      hear("EHLO "),
      pause(80),
      send("250-mx.example.test\r\n"),
      pause(80),
      send("250-SIZE\r\n"),
      pause(80),
      send("250-HELP\r\n"),
      silence,
    ],
    failure: ["ehlo", "timeout"],
  },
  { does: "is silent at STARTTLS", script: [...asked, silence], failure: ["starttls", "timeout"] },
  {
    does: "drips its answer to STARTTLS",
    script: [...greeted, hear("STARTTLS"), drip(dripping, 5)],
    failure: ["starttls", "timeout"],
  },
  {
    does: "is silent in the handshake",
    script: [...tls, silence],
    failure: ["tls", "timeout"],
  },
  {
    does: "stops inside its ServerHello",
    script: [...tls, send(Buffer.from("160303007a020000760303", "hex")), silence],
    failure: ["tls", "timeout"],
  },
  {
    does: "drips a handshake record",
    script: [...tls, drip(Buffer.alloc(1_000, "160303ffff", "hex").subarray(0, 4), 5), silence],
    failure: ["tls", "timeout"],
  },
  {
    does: "drips a record of handshake messages",
    script: [
      ...tls,
      drip(Buffer.concat([Buffer.from("1603032000020020", "hex"), Buffer.alloc(900)]), 5),
    ],
    failure: ["tls", "timeout"],
  },
  {
    does: "sends less clear text than can be judged",
    script: [...tls, send("250"), silence],
    failure: ["tls", "timeout"],
  },
  {
    does: "is silent in the handshake past the limit of the phase",
    script: [...tls, silence],
    failure: ["tls", "timeout"],
    probe: { timeoutMs: 3_000, phaseTimeoutsMs: { tls: 200 } },
  },
  {
    does: "is silent inside TLS",
    script: [...secured({ certificate }), silence],
    failure: ["ehlo", "timeout"],
  },
  {
    does: "drips inside TLS",
    script: [
      ...secured({ certificate }),
      hear("EHLO "),
      drip(dripping.replaceAll("220", "250"), 5),
    ],
    failure: ["ehlo", "timeout"],
  },
];

export const slowPeers: readonly HostilePeer[] = peers.map((peer) =>
  Object.assign({ takesTheLimit: true }, peer),
);
