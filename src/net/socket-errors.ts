import type { Reason } from "../errors.ts";

/** What an operating system error means for a probe. `source` names the phase, else the current one. */
export interface Verdict {
  readonly phase: "source" | null;
  readonly reason: Reason;
}

const anywhere: Readonly<Record<string, Reason>> = {
  EMFILE: "too_many_files",
  ENFILE: "too_many_files",
  ENOBUFS: "no_buffers",
  ENOMEM: "no_buffers",
  ECONNREFUSED: "connection_refused",
  ECONNRESET: "connection_reset",
  ECONNABORTED: "connection_reset",
  EPIPE: "connection_reset",
  ETIMEDOUT: "timeout",
  EHOSTUNREACH: "host_unreachable",
  EHOSTDOWN: "host_unreachable",
  ENETUNREACH: "network_unreachable",
  ENETDOWN: "network_unreachable",
  EAFNOSUPPORT: "network_unreachable",
  EACCES: "permission_denied",
  EPERM: "permission_denied",
};

const fromBind: Readonly<Record<string, Reason>> = {
  EADDRNOTAVAIL: "address_not_available",
  EADDRINUSE: "address_in_use",
  EINVAL: "address_not_available",
};

/** A bound source whose ports are gone says EADDRINUSE, an unbound one EADDRNOTAVAIL. */
const noPortAtConnect = new Set(["EADDRINUSE", "EADDRNOTAVAIL"]);

/** What a route or the local firewall answers; EINVAL is Linux's word for a blackhole route. */
const fromConnect: Readonly<Record<string, Reason>> = {
  EACCES: "administratively_prohibited",
  EPERM: "administratively_prohibited",
  EINVAL: "network_unreachable",
};

/**
 * Reads an error code together with its system call: EADDRNOTAVAIL from bind says that the address
 * is not here, from connect that no port is left. `sourceMissing` tells that this node does not have
 * the source address: with `ip_nonlocal_bind` bind succeeds all the same and connect finds no route.
 */
export function socketVerdict(code: string, syscall: string, sourceMissing: boolean): Verdict {
  const shared = anywhere[code];
  if (syscall === "bind") {
    const reason = fromBind[code] ?? shared ?? "unknown";
    return { phase: "source", reason };
  }
  if (syscall === "connect") {
    if (noPortAtConnect.has(code)) return { phase: "source", reason: "ports_exhausted" };
    const reason = fromConnect[code] ?? shared ?? "unknown";
    const unrouted = reason === "network_unreachable" || reason === "host_unreachable";
    if (unrouted && sourceMissing) return { phase: "source", reason: "address_not_available" };
    return { phase: null, reason };
  }
  return { phase: null, reason: shared ?? "unknown" };
}
