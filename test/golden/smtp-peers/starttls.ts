import { issueServer } from "../../support/certificates.ts";
import type { HostilePeer } from "../../support/hostile-peer.ts";
import {
  drip,
  fin,
  flood,
  hear,
  hearHello,
  pause,
  reset,
  send,
  silence,
  startTls,
} from "../../support/peer-steps.ts";
import { asked, banner, goodbye, readied } from "../../support/smtp-dialogue.ts";

const certificate = issueServer();
const injection = ["starttls", "starttls_injection", 220] as const;
const quit = [hear("QUIT"), send("221 bye\r\n"), fin] as const;
const starttls = { settings: { starttls: "required" } };

const refusals: readonly HostilePeer[] = [
  {
    does: "does not offer it",
    script: [banner, hear("EHLO "), send("250-mx\r\n250 STARTTLSX\r\n"), ...quit],
    failure: ["starttls", "starttls_missing"],
    probe: starttls,
  },
  {
    does: "knows HELO only",
    script: [banner, hear("EHLO "), send("502 no\r\n"), hear("HELO "), send("250 mx\r\n"), ...quit],
    failure: ["starttls", "starttls_missing"],
    probe: starttls,
  },
  {
    does: "offers it in its name only",
    script: [banner, hear("EHLO "), send("250 STARTTLS\r\n"), ...quit],
    failure: ["starttls", "starttls_missing"],
    probe: starttls,
  },
  {
    does: "offers it and has it not for now",
    script: [...asked, send("454 4.7.0 TLS not available\r\n"), ...quit],
    failure: ["starttls", "rejected_transient", 454],
  },
  {
    does: "offers it and does not know it",
    script: [...asked, send("502 5.5.1 what\r\n"), ...quit],
    failure: ["starttls", "rejected_permanent", 502],
  },
  {
    does: "shuts down",
    script: [...asked, send("421 4.3.2 shutting down\r\n"), fin],
    failure: ["starttls", "rejected_transient", 421],
  },
  {
    does: "answers with another code",
    script: [...asked, send("250 ok\r\n"), silence],
    failure: ["starttls", "protocol_error", 250],
  },
  {
    does: "changes the code",
    script: [...asked, send("220-go\r\n250 ahead\r\n"), silence],
    failure: ["starttls", "protocol_error"],
  },
  {
    does: "answers TLS at once",
    script: [...asked, send(Buffer.from("1603030002", "hex")), silence],
    failure: ["starttls", "protocol_error"],
  },
  { does: "closes", script: [...asked, fin], failure: ["starttls", "connection_closed"] },
  { does: "resets", script: [...asked, reset], failure: ["starttls", "connection_reset"] },
  {
    does: "answers without end",
    script: [...asked, flood("220-go\r\n")],
    failure: ["starttls", "limit_exceeded"],
  },
];

const offers: readonly HostilePeer[] = [
  {
    does: "offers it twice",
    script: [
      banner,
      hear("EHLO "),
      send("250-mx\r\n250-STARTTLS\r\n250 STARTTLS\r\n"),
      hear("STARTTLS"),
      send("220 go\r\n"),
      startTls({ certificate }),
      ...goodbye,
    ],
  },
  {
    does: "offers it again after TLS",
    script: [
      ...readied,
      startTls({ certificate }),
      hear("EHLO "),
      send("250-mx\r\n250 STARTTLS\r\n"),
      ...quit,
    ],
  },
  {
    does: "offers it in small letters",
    script: [
      banner,
      hear("EHLO "),
      send("250-mx\r\n250 starttls\r\n"),
      hear("STARTTLS"),
      send("220 go\r\n"),
      startTls({ certificate }),
      ...goodbye,
    ],
  },
  {
    does: "answers with lines of 220",
    script: [...asked, send("220-go\r\n220 ahead\r\n"), startTls({ certificate }), ...goodbye],
  },
];

export const starttlsPeers: readonly HostilePeer[] = [...refusals, ...offers];

/** What follows the 220 in clear text, at once or in a segment of its own. */
const injections: readonly HostilePeer[] = [
  { does: "a reply", script: [...asked, send("220 go\r\n250 evil\r\n"), silence] },
  { does: "capabilities", script: [...asked, send("220 go\r\n250-evil\r\n250 AUTH\r\n"), silence] },
  { does: "half a reply", script: [...asked, send("220 go\r\n2"), silence] },
  { does: "a line end", script: [...asked, send("220 go\r\n\r\n"), silence] },
  { does: "junk", script: [...asked, send("220 go\r\n\0\x01"), silence] },
  { does: "a flood", script: [...asked, send("220 go\r\n"), flood("250 evil\r\n")] },
  { does: "a shutdown", script: [...asked, send("220 go\r\n421 evil\r\n"), fin] },
  { does: "a reply, in the same turn", script: [...readied, send("250 evil\r\n"), silence] },
  { does: "a reply, 1 ms later", script: [...readied, pause(1), send("250 evil\r\n"), silence] },
  { does: "a reply, 5 ms later", script: [...readied, pause(5), send("250 evil\r\n"), silence] },
  { does: "a reply, 20 ms later", script: [...readied, pause(20), send("250 evil\r\n"), silence] },
  {
    does: "a reply and TLS",
    script: [...readied, send("250 evil\r\n"), startTls({ certificate })],
  },
  {
    does: "a reply after our ClientHello",
    script: [...readied, hearHello, send("250-evil\r\n"), silence],
  },
  {
    does: "a reply, octet by octet",
    script: [...readied, hearHello, drip("250 evil\r\n", 2), silence],
  },
  { does: "a reply, and closes", script: [...readied, hearHello, send("354 evil\r\n"), fin] },
];

export const injectingPeers: readonly HostilePeer[] = injections.map((peer) =>
  Object.assign({ failure: injection }, peer),
);
