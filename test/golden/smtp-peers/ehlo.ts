import type { HostilePeer } from "../../support/hostile-peer.ts";
import { drip, fin, flood, hear, pause, reset, send, silence } from "../../support/peer-steps.ts";
import { banner, goodbye } from "../../support/smtp-dialogue.ts";

const protocolError = ["ehlo", "protocol_error"] as const;
const limitExceeded = ["ehlo", "limit_exceeded"] as const;
const heard = [banner, hear("EHLO ")] as const;
const quit = [hear("QUIT"), send("221 bye\r\n"), fin] as const;

export const ehloPeers: readonly HostilePeer[] = [
  {
    does: "never ends its capabilities",
    script: [...heard, flood("250-X-ONE-MORE\r\n")],
    failure: limitExceeded,
  },
  {
    does: "sends a capability without end",
    script: [...heard, send("250-"), flood("X")],
    failure: limitExceeded,
  },
  {
    does: "sends 100 capabilities of 1,000 octets",
    script: [...heard, flood(`250-${"X".repeat(994)}\r\n`, 100_000)],
    failure: limitExceeded,
  },
  { does: "closes", script: [...heard, fin], failure: ["ehlo", "connection_closed"] },
  {
    does: "closes inside its answer",
    script: [...heard, send("250-mx\r\n250-STARTT"), fin],
    failure: ["ehlo", "connection_closed"],
  },
  { does: "resets", script: [...heard, reset], failure: ["ehlo", "connection_reset"] },
  {
    does: "refuses for now",
    script: [...heard, send("451 4.7.1 later\r\n"), ...quit],
    failure: ["ehlo", "rejected_transient", 451],
  },
  {
    does: "shuts down",
    script: [...heard, send("421 4.3.2 shutting down\r\n"), fin],
    failure: ["ehlo", "rejected_transient", 421],
  },
  {
    does: "shuts down before it is asked",
    script: [banner, pause(20), send("421 4.4.2 too slow\r\n"), fin],
    failure: ["ehlo", "rejected_transient", 421],
  },
  {
    does: "shuts down behind its answer",
    script: [...heard, send("250 mx\r\n421 4.3.2 shutting down\r\n"), fin],
    failure: ["ehlo", "rejected_transient", 421],
  },
  {
    does: "refuses EHLO and HELO",
    script: [...heard, send("502 no\r\n"), hear("HELO "), send("554 5.7.1 no\r\n"), ...quit],
    failure: ["ehlo", "rejected_permanent", 554],
  },
  {
    does: "refuses EHLO and closes",
    script: [...heard, send("550 5.7.1 who are you\r\n"), fin],
    failure: ["ehlo", "rejected_permanent", 550],
  },
  {
    does: "refuses EHLO and resets at HELO",
    script: [...heard, send("550 5.7.1 who are you\r\n"), hear("HELO "), reset],
    failure: ["ehlo", "rejected_permanent", 550],
  },
  {
    does: "refuses EHLO and says more than that",
    script: [...heard, send("500 what\r\n500 really\r\n"), silence],
    failure: [...protocolError, 500],
  },
  {
    does: "knows HELO only",
    script: [...heard, send("500 what\r\n"), hear("HELO "), send("250 mx\r\n"), ...quit],
  },
  {
    does: "answers as if to DATA",
    script: [...heard, send("354 go on\r\n")],
    failure: [...protocolError, 354],
  },
  {
    does: "answers with its banner again",
    script: [...heard, send("220 mx\r\n")],
    failure: [...protocolError, 220],
  },
  {
    does: "answers QUIT too",
    script: [...heard, send("250 mx\r\n221 bye\r\n"), fin],
    failure: [...protocolError, 250],
  },
  { does: "answers junk", script: [...heard, send("EHLO mx\r\n")], failure: protocolError },
  {
    does: "changes the code between capabilities",
    script: [...heard, send("250-mx\r\n251 STARTTLS\r\n")],
    failure: protocolError,
  },
  { does: "says no more than 250", script: [...heard, send("250\r\n"), ...quit] },
  {
    does: "says a capability twice, and in small letters",
    script: [...heard, send("250-mx\r\n250-size 1\r\n250-size 2\r\n250 help\r\n"), ...quit],
  },
  {
    does: "names a capability after a property of objects",
    script: [...heard, send("250-mx\r\n250-__proto__ x\r\n250 constructor\r\n"), ...quit],
  },
  {
    does: "sends NULs for capabilities",
    script: [...heard, send("250-mx\r\n250-\0\0\r\n250 \r\n"), ...quit],
  },
  {
    does: "answers one octet at a time",
    script: [...heard, drip("250-mx\r\n250 HELP\r\n", 1), ...quit],
  },
  {
    does: "is reached over IPv6",
    script: [banner, hear("EHLO [IPv6:::1]"), send("250 mx\r\n"), ...quit],
    probe: { address: "::1", source: "::1" },
  },
  {
    does: "is reached over IPv6 and closes",
    script: [banner, hear("EHLO "), fin],
    failure: ["ehlo", "connection_closed"],
    probe: { address: "::1" },
  },
  {
    does: "closes before EHLO can arrive",
    script: [banner, fin],
    failure: ["ehlo", "connection_closed"],
  },
  {
    does: "resets before EHLO can arrive",
    script: [banner, pause(10), reset],
    failure: ["ehlo", "connection_reset"],
  },
  { does: "means well", script: [banner, ...goodbye] },
];
