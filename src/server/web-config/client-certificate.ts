import type { TLSSocket } from "node:tls";
import ipaddr from "ipaddr.js";
import type { ClientAuthType } from "./schema.ts";
import type { TlsSettings } from "./web-config.ts";

/** What the handshake says of the client's certificate. */
export interface ClientCertificate {
  readonly presented: boolean;
  /** Signed by the client CA, or without one by an authority that Node knows, and in date. */
  readonly verified: boolean;
  /** As Node writes it, for example `DNS:a.example, IP Address:192.0.2.1`. */
  readonly subjectAltName: string;
}

/** Reads the client's certificate from a connection whose handshake is done. */
export function clientCertificate(socket: TLSSocket): ClientCertificate {
  const certificate = socket.getPeerX509Certificate();
  return {
    presented: certificate !== undefined,
    verified: socket.authorized,
    subjectAltName: certificate?.subjectAltName ?? "",
  };
}

/** Whether the settings let such a client in. */
export function acceptsClient(settings: TlsSettings, client: ClientCertificate): boolean {
  return demands[settings.clientAuthType](client) && bearsAllowedName(settings, client);
}

const demands: Readonly<Record<ClientAuthType, (client: ClientCertificate) => boolean>> = {
  NoClientCert: () => true,
  RequestClientCert: () => true,
  RequireAnyClientCert: ({ presented }) => presented,
  RequireClientCert: ({ presented }) => presented,
  VerifyClientCertIfGiven: ({ presented, verified }) => verified || !presented,
  RequireAndVerifyClientCert: ({ presented, verified }) => presented && verified,
};

function bearsAllowedName({ clientAllowedSans }: TlsSettings, client: ClientCertificate): boolean {
  if (clientAllowedSans === null) return true;
  const allowed = new Set(clientAllowedSans.map(canonical));
  return subjectAltNames(client.subjectAltName).some((name) => allowed.has(canonical(name)));
}

const usedKinds = new Set(["DNS", "IP Address", "email", "URI"]);

/**
 * The values of a subject alternative name: DNS names, addresses, mail addresses and URIs. Node
 * quotes a value (as JSON) that could be taken for more than one.
 */
export function subjectAltNames(text: string): string[] {
  const entry = /([^:]+):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y;
  const names: string[] = [];
  for (let match = entry.exec(text); match !== null; match = entry.exec(text)) {
    const [, kind = "", value = ""] = match;
    if (!usedKinds.has(kind)) continue;
    names.push(value.startsWith('"') ? (JSON.parse(value) as string) : value);
  }
  return names;
}

/** One spelling for every address; other names as they are. */
function canonical(name: string): string {
  return ipaddr.isValid(name) ? ipaddr.parse(name).toString() : name;
}
