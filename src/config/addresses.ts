import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** An address that a connection can be made from or to. */
export interface Address {
  /** Canonical text (RFC 5952 for IPv6). */
  readonly text: string;
  readonly family: 4 | 6;
}

const refusedRanges: Readonly<Record<string, string>> = {
  unspecified: "an unspecified address",
  broadcast: "the broadcast address",
  multicast: "a multicast address",
  ipv4Mapped: "an IPv4-mapped address: write it as IPv4",
};

/**
 * The address that a text stands for; null when it stands for none, and the reason when it cannot
 * be probed. Only the usual notations are taken: no IPv4 in decimal, octal or hexadecimal.
 */
export function readAddress(text: string): Address | string | null {
  const family = isIP(text);
  if (family === 0) return null;
  const address = ipaddr.parse(text);
  const range = address.range();
  const refused = refusedRanges[range];
  if (refused !== undefined) return refused;
  if (family === 6 && (range === "linkLocal" || text.includes("%"))) {
    return "a link-local address, which needs a zone: use a global or unique local one";
  }
  return { text: address.toString(), family: family === 4 ? 4 : 6 };
}

const label = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i;
// The resolver of the C library reads such a last label as an IPv4 address.
const numericLabel = /^(?:\d+|0x[\da-f]*)$/i;

/** The same when nothing is wrong with the text; null otherwise. */
export function parseAddress(text: string): Address | null {
  const address = readAddress(text);
  return typeof address === "string" ? null : address;
}

/** Whether a text is a host name: RFC 1123 section 2.1, at most 253 characters, no trailing dot. */
export function isHostName(text: string): boolean {
  const labels = text.split(".");
  return (
    text.length <= 253 &&
    labels.every((part) => label.test(part)) &&
    !numericLabel.test(labels.at(-1) ?? "")
  );
}
