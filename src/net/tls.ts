import type { Socket } from "node:net";
import { isIP } from "node:net";
import { readFileSync } from "node:fs";
import tls, { type SecureContext, type SecureVersion, type TLSSocket } from "node:tls";
import { ProbeFailure } from "../errors.ts";
import { certificateFacts, type CertificateFacts } from "./certificates.ts";
import { tlsFailure } from "./tls-errors.ts";

/** TLS settings of a module, as in Prometheus's `tls_config`. */
export interface TlsSettings {
  readonly ca_file?: string | undefined;
  readonly cert_file?: string | undefined;
  readonly key_file?: string | undefined;
  readonly server_name?: string | undefined;
  readonly min_version: "TLS10" | "TLS11" | "TLS12" | "TLS13";
}

export interface TlsRequest {
  readonly settings: TlsSettings;
  /** The name or address the certificate has to be for, and that is sent as SNI when it is a name. */
  readonly serverName: string;
}

/** What a handshake showed. */
export interface TlsFacts extends CertificateFacts {
  /** `TLSv1.2`, `TLSv1.3` … */
  readonly version: string;
  /** OpenSSL's name of the cipher suite. */
  readonly cipher: string;
}

interface TlsEvents {
  readonly secured: (facts: TlsFacts) => void;
  readonly octets: (octets: Buffer) => void;
  readonly ended: () => void;
  readonly failed: (failure: ProbeFailure) => void;
}

const versions: Readonly<Record<TlsSettings["min_version"], SecureVersion>> = {
  TLS10: "TLSv1",
  TLS11: "TLSv1.1",
  TLS12: "TLSv1.2",
  TLS13: "TLSv1.3",
};

interface Identity {
  readonly context: SecureContext;
  /** The authorities' PEM text; undefined where those of Node.js count. */
  readonly authorities: string | undefined;
}

/** One context for each settings object: making one costs more than a handshake saves. */
const identities = new WeakMap<TlsSettings, Identity>();

function identityOf(settings: TlsSettings): Identity {
  const known = identities.get(settings);
  if (known !== undefined) return known;
  const authorities = textOf(settings.ca_file);
  const context = tls.createSecureContext({
    ca: authorities,
    cert: textOf(settings.cert_file),
    key: textOf(settings.key_file),
    minVersion: versions[settings.min_version],
    // The oldest versions are refused by OpenSSL at its default security level.
    ...(settings.min_version < "TLS12" ? { ciphers: "DEFAULT:@SECLEVEL=0" } : {}),
  });
  const identity = { context, authorities };
  identities.set(settings, identity);
  return identity;
}

function textOf(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readFileSync(file, "utf8");
}

/**
 * Starts TLS as a client over an open socket (RFC 3207 section 4). The certificate is judged, never
 * enforced: that is left to the probe.
 */
export function upgrade(socket: Socket, request: TlsRequest, events: TlsEvents): TLSSocket | null {
  let identity: Identity;
  try {
    identity = identityOf(request.settings);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    events.failed(new ProbeFailure("permission_denied", `own TLS files: ${detail}`));
    return null;
  }
  let secured = false;
  const tlsSocket = tls.connect({
    socket,
    secureContext: identity.context,
    rejectUnauthorized: false,
    ...(isIP(request.serverName) === 0 ? { servername: request.serverName } : {}),
  });
  tlsSocket.on("secureConnect", () => {
    secured = true;
    events.secured({
      version: tlsSocket.getProtocol() ?? "",
      cipher: tlsSocket.getCipher().name,
      ...certificateFacts(tlsSocket, request.serverName, identity.authorities, Date.now()),
    });
  });
  tlsSocket.on("data", events.octets);
  tlsSocket.on("end", events.ended);
  tlsSocket.on("error", (error: NodeJS.ErrnoException) => {
    events.failed(tlsFailure(error, secured));
  });
  return tlsSocket;
}
