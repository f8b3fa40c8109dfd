import type { HostilePeer } from "../../support/hostile-peer.ts";
import { drip, fin, flood, hear, pause, reset, send, silence } from "../../support/peer-steps.ts";
import { goodbye } from "../../support/smtp-dialogue.ts";

const closed = ["banner", "connection_closed"] as const;
const limitExceeded = ["banner", "limit_exceeded"] as const;
const protocolError = ["banner", "protocol_error"] as const;

const peers: readonly HostilePeer[] = [
  { does: "closes at once", script: [fin], failure: closed },
  { does: "closes inside the banner", script: [send("220-mx\r\n220 m"), fin], failure: closed },
  {
    does: "resets at once",
    script: [reset],
    failure: ["banner", "connection_reset"],
  },
  {
    does: "resets inside the banner",
    script: [send("220-mx\r\n"), pause(20), reset],
    failure: ["banner", "connection_reset"],
  },
  { does: "never ends the banner", script: [flood("220-and on\r\n")], failure: limitExceeded },
  { does: "never ends a line", script: [send("220 "), flood("x")], failure: limitExceeded },
  {
    does: "sends 64 KiB without a line end in one segment",
    script: [send(`220 ${"x".repeat(65_532)}`)],
    failure: limitExceeded,
  },
  {
    does: "sends 100 MB of a line",
    script: [send("220 "), flood("x", 1e8)],
    failure: limitExceeded,
  },
  { does: "sends NUL without end", script: [send("220 "), flood("\0")], failure: limitExceeded },
  {
    does: "is not there for now",
    script: [send("421 4.3.2 shutting down\r\n"), fin],
    failure: ["banner", "rejected_transient", 421],
  },
  {
    does: "refuses service",
    script: [send("554 5.7.1 not for you\r\n"), hear("QUIT"), send("221 bye\r\n"), fin],
    failure: ["banner", "rejected_permanent", 554],
  },
  {
    does: "takes its greeting back at once",
    script: [send("220 mx.example.test\r\n421 4.3.2 on second thoughts\r\n"), fin],
    failure: ["banner", "rejected_transient", 421],
  },
  {
    does: "greets with another code",
    script: [send("250 mx.example.test\r\n")],
    failure: [...protocolError, 250],
  },
  {
    does: "changes the code between lines",
    script: [send("220-mx.example.test\r\n250 ESMTP\r\n")],
    failure: protocolError,
  },
  {
    does: "changes the code in a line of its own, later",
    script: [send("220-mx.example.test\r\n"), pause(20), send("554 ESMTP\r\n")],
    failure: protocolError,
  },
  {
    does: "answers EHLO and QUIT before they are asked",
    script: [send("220 mx.example.test\r\n250 hello\r\n221 bye\r\n"), silence],
    failure: [...protocolError, 220],
  },
  {
    does: "sends half a reply more than a banner",
    script: [send("220 mx.example.test\r\n25"), silence],
    failure: [...protocolError, 220],
  },
  { does: "sends an empty line", script: [send("\r\n"), silence], failure: protocolError },
  {
    does: "sends an empty line inside the banner",
    script: [send("220-mx\r\n\r\n220 ESMTP\r\n")],
    failure: protocolError,
  },
  {
    does: "speaks HTTP",
    script: [send("HTTP/1.1 400 Bad Request\r\n\r\n")],
    failure: protocolError,
  },
  { does: "speaks SSH", script: [send("SSH-2.0-OpenSSH_9.2p1\r\n")], failure: protocolError },
  { does: "speaks POP3", script: [send("+OK ready\r\n")], failure: protocolError },
  { does: "speaks IMAP", script: [send("* OK ready\r\n")], failure: protocolError },
  {
    does: "begins with TLS",
    script: [send(Buffer.from("15030100020228", "hex"))],
    failure: protocolError,
  },
  {
    does: "sends binary junk",
    script: [send(Buffer.from("00ff10fe7f80aa", "hex"))],
    failure: protocolError,
  },
  {
    does: "floods binary junk",
    script: [flood(Buffer.from("00ff10fe", "hex"))],
    failure: protocolError,
  },
  { does: "ends lines in CR alone", script: [send("220 mx\r220 mx\r")], failure: protocolError },
  { does: "has CR CR LF", script: [send("220 mx\r\r\n")], failure: protocolError },
  { does: "has CR inside a line", script: [send("220 mx\rESMTP\r\n")], failure: protocolError },
  { does: "ends lines in LF alone", script: [send("220-mx\n220 ESMTP\n"), ...goodbye] },
  { does: "has no text", script: [send("220\r\n"), ...goodbye] },
  { does: "has NULs in the text", script: [send("220 m\0x\0\r\n"), ...goodbye] },
  {
    does: "greets in 100 lines",
    script: [send(`${"220-mx\r\n".repeat(99)}220 mx\r\n`), ...goodbye],
  },
  {
    does: "greets in 101 lines",
    script: [send(`${"220-mx\r\n".repeat(100)}220 mx\r\n`)],
    failure: limitExceeded,
  },
  {
    does: "sends a line of 2,048 octets",
    script: [send(`220 ${"x".repeat(2_042)}\r\n`), ...goodbye],
  },
  { does: "greets one octet at a time", script: [drip("220-mx\r\n220 ESMTP\r\n", 1), ...goodbye] },
];

/** What is no reply code, or has no separator after it: refused before the line ends. */
const noReplies = [
  ["999 mx", "a code above 5yz"],
  ["199 mx", "a code below 2yz"],
  ["022 mx", "a code with a zero"],
  ["260 mx", "a second digit above 5"],
  ["2x0 mx", "a letter in the code"],
  ["-20 mx", "a negative code"],
  ["+220 mx", "a signed code"],
  [" 220 mx", "a blank before the code"],
  ["2200 mx", "four digits"],
  ["220:mx", "a colon for a separator"],
  ["220\tmx", "a tab for a separator"],
  ["22\r\n", "two digits"],
  ["220\0", "a NUL for a separator"],
  ["٢٢٠ mx", "digits of another script"],
] as const;

export const bannerPeers: readonly HostilePeer[] = [
  ...peers,
  ...noReplies.map(([text, what]) => ({
    does: `sends ${what}`,
    script: [send(Buffer.from(text)), silence],
    failure: protocolError,
  })),
];
