import ipaddr from "ipaddr.js";

/**
 * Ranges that no probe on demand may dial: they are no hosts, or reach no further than this link,
 * or are IPv6 addresses that lead to an IPv4 address of the client's choice.
 */
const undialled = new Set([
  "unspecified",
  "broadcast",
  "multicast",
  "linkLocal",
  "deprecatedSiteLocal",
  "reserved",
  "discard",
  "6to4",
  "teredo",
  "rfc6145",
  "rfc6052",
]);

/** IPv4-compatible addresses (RFC 4291 section 2.5.5.1), deprecated: loopback aside, no hosts. */
const ipv4Compatible = ipaddr.IPv6.parseCIDR("::/96");

/** Where clouds serve credentials to their machines outside the link-local ranges. */
const metadata = new Set(["fd00:ec2::254", "100.100.100.200"]);

/** Whether an address may be dialled where any target is allowed. */
export function isDialable(address: string): boolean {
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  if (undialled.has(range) || metadata.has(parsed.toString())) return false;
  return range === "loopback" || parsed.kind() === "ipv4" || !parsed.match(ipv4Compatible);
}
