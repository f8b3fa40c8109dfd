import { describe, expect, it } from "vitest";
import type { Reason } from "../../src/errors.ts";
import { socketVerdict } from "../../src/net/socket-errors.ts";

type Row = readonly [
  situation: string,
  code: string,
  syscall: string,
  phase: "source" | null,
  reason: Reason,
];

/** What Node.js on Linux was seen to report, while this node has the source address. */
const held: readonly Row[] = [
  ["the source is on no interface", "EADDRNOTAVAIL", "bind", "source", "address_not_available"],
  [
    "the source is an IPv6 address under detection",
    "EADDRNOTAVAIL",
    "bind",
    "source",
    "address_not_available",
  ],
  ["the source is of the other family", "EINVAL", "bind", "source", "address_not_available"],
  ["a chosen port is listened on", "EADDRINUSE", "bind", "source", "address_in_use"],
  ["no port is left on a bound source", "EADDRINUSE", "connect", "source", "ports_exhausted"],
  ["no port is left on an unbound one", "EADDRNOTAVAIL", "connect", "source", "ports_exhausted"],
  ["the agent is out of descriptors, bound", "EMFILE", "bind", "source", "too_many_files"],
  ["the agent is out of descriptors", "EMFILE", "connect", null, "too_many_files"],
  ["the host is out of descriptors", "ENFILE", "connect", null, "too_many_files"],
  ["the kernel has no buffer", "ENOBUFS", "connect", null, "no_buffers"],
  ["the kernel has no memory", "ENOMEM", "bind", "source", "no_buffers"],
  ["a privileged port may not be bound", "EACCES", "bind", "source", "permission_denied"],
  ["a sandbox forbids to bind", "EPERM", "bind", "source", "permission_denied"],
  ["nothing listens, or a firewall rejects", "ECONNREFUSED", "connect", null, "connection_refused"],
  ["the host is absent, or ICMP says so", "EHOSTUNREACH", "connect", null, "host_unreachable"],
  ["the carrier is lost", "EHOSTUNREACH", "connect", null, "host_unreachable"],
  ["the host is said to be down", "EHOSTDOWN", "connect", null, "host_unreachable"],
  ["there is no route", "ENETUNREACH", "connect", null, "network_unreachable"],
  ["the interface is down", "ENETDOWN", "connect", null, "network_unreachable"],
  ["the host has no such family", "EAFNOSUPPORT", "connect", null, "network_unreachable"],
  ["the route is a blackhole", "EINVAL", "connect", null, "network_unreachable"],
  ["the route is prohibited", "EACCES", "connect", null, "administratively_prohibited"],
  ["the own firewall forbids it", "EPERM", "connect", null, "administratively_prohibited"],
  ["SYN is retried in vain", "ETIMEDOUT", "connect", null, "timeout"],
  ["data is retried in vain", "ETIMEDOUT", "read", null, "timeout"],
  ["the other side resets", "ECONNRESET", "read", null, "connection_reset"],
  ["the other side resets as we write", "ECONNRESET", "write", null, "connection_reset"],
  ["we write after a reset", "EPIPE", "write", null, "connection_reset"],
  ["the connection is aborted", "ECONNABORTED", "read", null, "connection_reset"],
  ["the route is lost on the way", "EHOSTUNREACH", "read", null, "host_unreachable"],
  ["the code is new", "ENEW", "connect", null, "unknown"],
  ["the code is new to bind", "ENEW", "bind", "source", "unknown"],
  ["the code is new to read", "ENEW", "read", null, "unknown"],
];

/**
 * The source is not on this node and the kernel lets us bind it all the same
 * (`ip_nonlocal_bind`): then it is connect that fails, and it is about the source.
 */
const missing: readonly Row[] = [
  ["there is no route from it", "ENETUNREACH", "connect", "source", "address_not_available"],
  ["there is no way from it", "EHOSTUNREACH", "connect", "source", "address_not_available"],
  ["its route is a blackhole", "EINVAL", "connect", "source", "address_not_available"],
  ["nothing listens there", "ECONNREFUSED", "connect", null, "connection_refused"],
  ["the route is prohibited", "EACCES", "connect", null, "administratively_prohibited"],
  ["the agent is out of descriptors", "EMFILE", "connect", null, "too_many_files"],
  ["no port is left", "EADDRINUSE", "connect", "source", "ports_exhausted"],
  ["a connection loses its route", "ENETUNREACH", "read", null, "network_unreachable"],
];

describe("the verdict on a system call's error", () => {
  it.each(held)("when %s: %s from %s", (_situation, code, syscall, phase, reason) => {
    expect(socketVerdict(code, syscall, false)).toEqual({ phase, reason });
  });

  it.each(missing)(
    "when the source is missing and %s: %s from %s",
    (_s, code, syscall, phase, reason) => {
      expect(socketVerdict(code, syscall, true)).toEqual({ phase, reason });
    },
  );
});
