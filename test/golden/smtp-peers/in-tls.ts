import { issueServer } from "../../support/certificates.ts";
import type { HostilePeer } from "../../support/hostile-peer.ts";
import { fin, flood, hear, pause, reset, send, silence } from "../../support/peer-steps.ts";
import type { Step } from "../../support/scripted-peer.ts";
import { goodbye, secured } from "../../support/smtp-dialogue.ts";

const certificate = issueServer();
const inTls = secured({ certificate });
const inTls12 = secured({ certificate, maxVersion: "TLSv1.2" });
const quit = [hear("QUIT"), send("221 bye\r\n"), fin] as const;

/** Writes octets past TLS to the connection below it. */
function sendBelow(octets: string): Step {
  return ({ socket }) => {
    socket.write(Buffer.from(octets, "latin1"));
  };
}

/** Closes the connection without a word inside TLS. */
const closeBelow: Step = ({ socket }) => {
  socket.destroySoon();
};

/** Asks for a new handshake, which TLS 1.3 does not have. */
const renegotiate: Step = async (session) => {
  await session.renegotiate();
};

export const inTlsPeers: readonly HostilePeer[] = [
  {
    does: "closes TLS at once",
    script: [...inTls, fin],
    failure: ["ehlo", "connection_closed"],
  },
  { does: "resets", script: [...inTls, reset], failure: ["ehlo", "connection_reset"] },
  {
    does: "closes at EHLO",
    script: [...inTls, hear("EHLO "), fin],
    failure: ["ehlo", "connection_closed"],
  },
  {
    does: "closes the connection and not TLS",
    script: [...inTls, hear("EHLO "), closeBelow],
    failure: ["ehlo", "connection_closed"],
  },
  {
    does: "greets again",
    script: [...inTls, send("220 mx.example.test ESMTP\r\n"), hear("EHLO "), ...quit],
    failure: ["ehlo", "protocol_error", 220],
  },
  {
    does: "refuses for now",
    script: [...inTls, hear("EHLO "), send("451 4.7.1 later\r\n"), ...quit],
    failure: ["ehlo", "rejected_transient", 451],
  },
  {
    does: "shuts down",
    script: [...inTls, send("421 4.3.2 shutting down\r\n"), fin],
    failure: ["ehlo", "rejected_transient", 421],
  },
  {
    does: "sends 10 MB after EHLO",
    script: [...inTls, hear("EHLO "), flood("250-MORE\r\n", 10_000_000)],
    failure: ["ehlo", "limit_exceeded"],
  },
  {
    does: "sends 10 MB before EHLO",
    script: [...inTls, flood("junk", 10_000_000)],
    failure: ["ehlo", "protocol_error"],
  },
  {
    does: "falls back to clear text",
    script: [...inTls, hear("EHLO "), sendBelow("250 mx.example.test\r\n"), silence],
    failure: ["ehlo", "protocol_error"],
  },
  {
    does: "sends a record that cannot be decrypted",
    script: [...inTls, hear("EHLO "), sendBelow(`\x17\x03\x03\x00\x20${"x".repeat(32)}`), silence],
    failure: ["ehlo", "protocol_error"],
  },
  {
    does: "sends a record of TLS 1.2 that cannot be decrypted",
    script: [
      ...inTls12,
      hear("EHLO "),
      sendBelow(`\x17\x03\x03\x00\x20${"x".repeat(32)}`),
      silence,
    ],
    failure: ["ehlo", "protocol_error"],
  },
  {
    does: "renegotiates",
    script: [...inTls12, hear("EHLO "), renegotiate, send("250 mx.example.test\r\n"), ...quit],
  },
  {
    does: "renegotiates without end",
    script: [...inTls12, hear("EHLO "), ...Array.from({ length: 100 }, () => renegotiate)],
    failure: ["ehlo", "limit_exceeded"],
    probe: { byteLimit: 8_192 },
  },
  {
    does: "answers slowly, line by line",
    script: [
      ...inTls,
      hear("EHLO "),
      send("250-mx\r\n"),
      pause(20),
      send("250-SIZE\r\n"),
      pause(20),
      send("250 HELP\r\n"),
      ...quit,
    ],
  },
  {
    does: "refuses HELO too",
    script: [
      ...inTls,
      hear("EHLO "),
      send("502 no\r\n"),
      hear("HELO "),
      send("502 no\r\n"),
      ...quit,
    ],
    failure: ["ehlo", "rejected_permanent", 502],
  },
  { does: "means well", script: [...inTls, ...goodbye] },
  { does: "means well over IPv6", script: [...inTls, ...goodbye], probe: { address: "::1" } },
];
