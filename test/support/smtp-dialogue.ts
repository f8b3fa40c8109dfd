import { fin, hear, send, startTls } from "./peer-steps.ts";
import type { PeerTls, Step } from "./scripted-peer.ts";

/** The banner of a peer that means well. */
export const banner: Step = send("220 mx.example.test ESMTP\r\n");

/** As far as the answer to EHLO, which offers STARTTLS. */
export const greeted: readonly Step[] = [
  banner,
  hear("EHLO "),
  send("250-mx.example.test\r\n250-PIPELINING\r\n250 STARTTLS\r\n"),
];

/** As far as STARTTLS, which is not answered. */
export const asked: readonly Step[] = [...greeted, hear("STARTTLS")];

/** As far as the handshake, which does not begin. */
export const readied: readonly Step[] = [...asked, send("220 2.0.0 go ahead\r\n")];

/** As far as the end of the handshake. */
export function secured(offer: PeerTls): readonly Step[] {
  return [...readied, startTls(offer)];
}

/** From EHLO to QUIT, which is not answered; offers no STARTTLS. */
export const parting: readonly Step[] = [
  hear("EHLO "),
  send("250-mx.example.test\r\n250 PIPELINING\r\n"),
  hear("QUIT"),
];

/** The whole of it, from EHLO to the end. */
export const goodbye: readonly Step[] = [...parting, send("221 2.0.0 bye\r\n"), fin];
