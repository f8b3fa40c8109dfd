import { isIPv4, isIPv6 } from "node:net";

/**
 * The argument of EHLO for a client without a name: its address literal, `[192.0.2.1]` or
 * `[IPv6:2001:db8::1]` (RFC 5321 sections 4.1.3 and 4.1.4). A zone means nothing to others.
 */
export function addressLiteral(address: string): string {
  const [bare = ""] = address.split("%");
  return isIPv6(bare) ? `[IPv6:${bare}]` : `[${bare}]`;
}

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/** The last label of a name is never a number: that would be an address (RFC 3696 section 2). */
const topLabel = /\D/;

/** Whether a text may stand after EHLO: a fully qualified domain name or an address literal. */
export function isEhloName(text: string): boolean {
  const literal = /^\[(?:IPv6:(?<six>[^%]+)|(?<four>.+))\]$/.exec(text);
  if (literal !== null) {
    return isIPv6(literal.groups?.["six"] ?? "") || isIPv4(literal.groups?.["four"] ?? "");
  }
  const labels = text.split(".");
  return (
    text.length <= 253 &&
    labels.length > 1 &&
    labels.every((part) => label.test(part)) &&
    topLabel.test(labels.at(-1) ?? "")
  );
}
