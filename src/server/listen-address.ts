import { isIP, isIPv6 } from "node:net";
import { AgentError } from "../errors.ts";

/** Where to listen. */
export interface ListenAddress {
  /** An address or a host name; null means every address of the host, IPv4 and IPv6. */
  readonly host: string | null;
  readonly port: number;
}

const allowed =
  'allowed are ":10225" (every address), "127.0.0.1:10225", "[::1]:10225", "host:10225"';

/**
 * Reads one value of `--web.listen-address`, in Go's notation as all Prometheus programs have it.
 * Throws an `AgentError` with code `USAGE`.
 */
export function parseListenAddress(text: string): ListenAddress {
  const wrong = (what: string) =>
    new AgentError("USAGE", `--web.listen-address ${JSON.stringify(text)}: ${what}; ${allowed}`);

  const colon = text.lastIndexOf(":");
  if (colon < 0) throw wrong("the port is missing");
  const host = text.slice(0, colon);
  const portText = text.slice(colon + 1);

  if (isIPv6(text)) throw wrong("an IPv6 address stands in brackets");
  if (!/^\d{1,5}$/.test(portText)) throw wrong("the port is not a number");
  const port = Number(portText);
  if (port > 65_535) throw wrong("the port is above 65535");
  if (host === "") return { host: null, port };

  if (host.startsWith("[") || host.endsWith("]")) {
    const address = /^\[([^[\]]+)\]$/.exec(host)?.[1];
    if (address === undefined || !isIPv6(address)) throw wrong("no IPv6 address in the brackets");
    return { host: address, port };
  }
  if (host.includes(":")) throw wrong("an IPv6 address stands in brackets");
  if (isIP(host) === 0 && !isHostName(host)) throw wrong("that is no address and no host name");
  return { host, port };
}

function isHostName(text: string): boolean {
  if (/^[\d.]+$/.test(text)) return false;
  return (
    text.length <= 253 &&
    /^([a-z\d_]([a-z\d_-]{0,61}[a-z\d])?)(\.[a-z\d_]([a-z\d_-]{0,61}[a-z\d])?)*\.?$/i.test(text)
  );
}
