import { issueServer } from "../../support/certificates.ts";
import type { HostilePeer } from "../../support/hostile-peer.ts";
import { fin, flood, hearHello, reset, send, silence, startTls } from "../../support/peer-steps.ts";
import type { Step } from "../../support/scripted-peer.ts";
import { goodbye, readied } from "../../support/smtp-dialogue.ts";

const failed = ["tls", "tls_handshake_failed"] as const;
const hello = [...readied, hearHello] as const;
const certificate = issueServer();

function hex(text: string): Step {
  return send(Buffer.from(text.replaceAll(" ", ""), "hex"));
}

function number(value: number, octets: number): string {
  return value.toString(16).padStart(octets * 2, "0");
}

/** A record of TLS 1.2 that holds one alert, a fatal one. */
function alert(description: number): Step {
  return hex(`15 0303 0002 02 ${number(description, 1)}`);
}

/** A ServerHello of the version and cipher suite given, with nothing else in it. */
function serverHello(version: string, suite: string): Step {
  const body = `${version} ${"ab".repeat(32)} 00 ${suite} 00`.replaceAll(" ", "");
  const size = body.length / 2;
  return hex(`16 0303 ${number(size + 4, 2)} 02 ${number(size, 3)} ${body}`);
}

export const handshakePeers: readonly HostilePeer[] = [
  { does: "resets", script: [...hello, reset], failure: ["tls", "connection_reset"] },
  { does: "closes", script: [...hello, fin], failure: ["tls", "connection_closed"] },
  { does: "closes at once", script: [...readied, fin], failure: ["tls", "connection_closed"] },
  {
    does: "closes inside its ServerHello",
    script: [...hello, hex("16 0303 007a 02 000076 0303"), fin],
    failure: ["tls", "connection_closed"],
  },
  {
    does: "closes inside a record header",
    script: [...hello, hex("16 03"), fin],
    failure: ["tls", "connection_closed"],
  },
  {
    does: "answers in plain text",
    script: [...hello, send("this is no TLS\r\n")],
    failure: failed,
  },
  {
    does: "takes the handshake for a command",
    script: [...hello, send("500 5.5.1 what\r\n"), silence],
    failure: failed,
  },
  {
    does: "takes the handshake for a command, and has enough",
    script: [...hello, send("421 4.7.0 too many errors\r\n"), fin],
    failure: failed,
  },
  {
    does: "speaks HTTP",
    script: [...hello, send("HTTP/1.1 400 Bad Request\r\n\r\n"), fin],
    failure: failed,
  },
  { does: "sends NULs", script: [...hello, hex("00 00 00 00 00 00 00")], failure: failed },
  { does: "floods NULs", script: [...hello, flood("\0")], failure: failed },
  {
    does: "sends a record that is too long",
    script: [...hello, hex("16 0303 ffff 00")],
    failure: failed,
  },
  {
    does: "floods a record that is too long",
    script: [...hello, hex("16 0303 ffff"), flood("x")],
    failure: failed,
  },
  {
    does: "sends a record of no version",
    script: [...hello, hex("16 ffff 0004 00000000")],
    failure: failed,
  },
  {
    does: "sends application data first",
    script: [...hello, hex("17 0303 0004 00000000")],
    failure: failed,
  },
  {
    does: "sends ChangeCipherSpec without end",
    script: [...hello, flood(Buffer.from("140303000101", "hex"))],
    failure: failed,
  },
  {
    does: "sends empty records without end",
    script: [...hello, flood(Buffer.from("1603030000", "hex"))],
    failure: failed,
  },
  {
    does: "sends warnings without end",
    script: [...hello, flood(Buffer.from("15030300020164", "hex"))],
    failure: failed,
  },
  {
    does: "sends a handshake message without end",
    script: [...hello, hex("16 0303 4000 02 ffffff"), flood("x")],
    failure: failed,
  },
  {
    does: "echoes the ClientHello",
    script: [...hello, hex("16 0303 0004 01 000000")],
    failure: failed,
  },
  { does: "fails the handshake", script: [...hello, alert(40), fin], failure: [...failed, 40] },
  {
    does: "has no version in common",
    script: [...hello, alert(70), fin],
    failure: ["tls", "tls_version", 70],
  },
  { does: "has an internal error", script: [...hello, alert(80), fin], failure: [...failed, 80] },
  { does: "knows not the name", script: [...hello, alert(112), fin], failure: [...failed, 112] },
  {
    does: "sends an alert of no meaning",
    script: [...hello, alert(255), fin],
    failure: ["tls", "connection_closed"],
  },
  {
    does: "sends close_notify",
    script: [...hello, hex("15 0303 0002 01 00"), fin],
    failure: ["tls", "connection_closed"],
  },
  {
    does: "chooses SSL 3.0",
    script: [...hello, serverHello("0300", "c02b")],
    failure: ["tls", "tls_version"],
  },
  {
    does: "chooses TLS 1.0",
    script: [...hello, serverHello("0301", "c013")],
    failure: ["tls", "tls_version"],
  },
  {
    does: "chooses a suite that was not offered",
    script: [...hello, serverHello("0303", "0000")],
    failure: failed,
  },
  {
    does: "speaks TLS 1.0 only",
    script: [
      ...readied,
      startTls({ certificate, maxVersion: "TLSv1", minVersion: "TLSv1" }),
      silence,
    ],
    failure: ["tls", "tls_version", 70],
  },
  {
    does: "speaks TLS 1.1 only",
    script: [
      ...readied,
      startTls({ certificate, maxVersion: "TLSv1.1", minVersion: "TLSv1.1" }),
      silence,
    ],
    failure: ["tls", "tls_version", 70],
  },
  {
    does: "speaks TLS 1.2 only, where 1.3 is wanted",
    script: [...readied, startTls({ certificate, maxVersion: "TLSv1.2" }), silence],
    failure: ["tls", "tls_version", 70],
    probe: { settings: { tls_config: { min_version: "TLS13" } } },
  },
  {
    does: "speaks TLS 1.0 only, where that is allowed",
    script: [
      ...readied,
      startTls({ certificate, maxVersion: "TLSv1", minVersion: "TLSv1" }),
      ...goodbye,
    ],
    probe: { settings: { tls_config: { min_version: "TLS10" } } },
  },
  {
    does: "demands a client certificate in TLS 1.2",
    script: [
      ...readied,
      startTls({ certificate, maxVersion: "TLSv1.2", demandsCertificate: true }),
      silence,
    ],
    failure: ["tls", "client_certificate_required", 40],
  },
  {
    does: "demands a client certificate in TLS 1.3",
    script: [...readied, startTls({ certificate, demandsCertificate: true }), silence],
    failure: ["tls", "client_certificate_required", 116],
  },
  {
    does: "speaks TLS 1.2",
    script: [...readied, startTls({ certificate, maxVersion: "TLSv1.2" }), ...goodbye],
  },
  { does: "speaks TLS 1.3", script: [...readied, startTls({ certificate }), ...goodbye] },
];
