import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** A target as a person writes it. */
export interface Target {
  /** A host name, or the canonical text of an address. */
  readonly host: string;
  /** Null when none is given. */
  readonly port: number | null;
}

const hostName = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*\.?$/i;

/**
 * Reads `HOST`, `HOST:PORT`, `[ADDRESS]`, `[ADDRESS]:PORT` or a bare IPv6 address. Null when it is
 * none of these.
 */
export function parseTarget(text: string): Target | null {
  if (isIP(text) !== 0) return { host: canonicalAddress(text), port: null };
  const match = /^(?:\[(?<literal>[^\]]+)\]|(?<name>[^:[\]]+))(?::(?<port>\d{1,5}))?$/.exec(text);
  const literal = match?.groups?.["literal"];
  const host = literal ?? match?.groups?.["name"];
  if (host === undefined || (literal !== undefined && isIP(literal) === 0)) return null;
  const address = isIP(host) !== 0;
  if (!address && !hostName.test(host)) return null;
  const portText = match?.groups?.["port"];
  const port = portText === undefined ? null : Number(portText);
  if (port !== null && (port < 1 || port > 65_535)) return null;
  return { host: address ? canonicalAddress(host) : host.toLowerCase(), port };
}

/** The one text by which an address is known: an IPv4-mapped IPv6 address is the IPv4 one. */
export function canonicalAddress(text: string): string {
  return ipaddr.process(text).toString();
}

/** Ranges that no probe on demand may dial: they are no hosts, or only this link's. */
const undialled = new Set(["unspecified", "broadcast", "multicast", "linkLocal", "reserved"]);

/** Whether an address may be dialled where any target is allowed. */
export function isDialable(address: string): boolean {
  return !undialled.has(ipaddr.process(address).range());
}
