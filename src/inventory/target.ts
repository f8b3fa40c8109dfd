import { isIP, isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";

/** A target as a person writes it. */
export interface Target {
  /** A host name in lower case, or the canonical text of an address. */
  readonly host: string;
  /** Null when none is given. */
  readonly port: number | null;
}

const hostName = /^(?=.{1,253}$)[a-z0-9_][a-z0-9_-]{0,62}(\.[a-z0-9_][a-z0-9_-]{0,62})*$/i;

// What the C library would read as an IPv4 address, in decimal, octal or hexadecimal.
const numericEnd = /(?:^|\.)(?:\d+|0x[\da-f]*)$/i;

/**
 * Reads `HOST`, `HOST:PORT`, `[IPV6]`, `[IPV6]:PORT` or a bare IPv6 address. Null when it is none
 * of these.
 */
export function parseTarget(text: string): Target | null {
  if (isIP(text) !== 0) return { host: canonicalAddress(text), port: null };
  const match = /^(?:\[(?<literal>[^\]]+)\]|(?<name>[^:[\]]+))(?::(?<port>\d{1,5}))?$/.exec(text);
  if (match === null) return null;
  const { literal, name = "", port: portText } = match.groups ?? {};
  const host = literal === undefined ? hostOf(name) : literalOf(literal);
  const port = portText === undefined ? null : Number(portText);
  if (host === null || (port !== null && (port < 1 || port > 65_535))) return null;
  return { host, port };
}

function literalOf(text: string): string | null {
  return isIPv6(text) ? canonicalAddress(text) : null;
}

function hostOf(text: string): string | null {
  if (isIP(text) !== 0) return canonicalAddress(text);
  const name = text.toLowerCase().replace(/\.$/, "");
  return hostName.test(name) && !numericEnd.test(name) ? name : null;
}

/** The one text by which an address is known: an IPv4-mapped IPv6 address is the IPv4 one. */
export function canonicalAddress(text: string): string {
  return ipaddr.process(text).toString();
}
