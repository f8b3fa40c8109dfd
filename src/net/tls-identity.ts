import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import tls, { type SecureContext, type SecureVersion } from "node:tls";
import { ProbeFailure } from "../errors.ts";

/** TLS settings of a module, as in Prometheus's `tls_config`. */
export interface TlsSettings {
  readonly ca_file?: string | undefined;
  readonly cert_file?: string | undefined;
  readonly key_file?: string | undefined;
  readonly server_name?: string | undefined;
  readonly min_version: "TLS10" | "TLS11" | "TLS12" | "TLS13";
}

const versions: Readonly<Record<TlsSettings["min_version"], SecureVersion>> = {
  TLS10: "TLSv1",
  TLS11: "TLSv1.1",
  TLS12: "TLSv1.2",
  TLS13: "TLSv1.3",
};

/** Who we are in TLS and whom we trust. */
export interface TlsIdentity {
  readonly context: SecureContext;
  /** The authorities that are trusted. */
  readonly roots: () => readonly X509Certificate[];
}

/** One context for each settings object: making one costs more than a handshake saves. */
const identities = new WeakMap<TlsSettings, TlsIdentity>();

/**
 * The identity that a module's settings ask for. Throws a `ProbeFailure` when the agent's own files
 * cannot be used: that says nothing about the peer.
 */
export function tlsIdentity(settings: TlsSettings): TlsIdentity {
  const known = identities.get(settings);
  if (known !== undefined) return known;
  let identity: TlsIdentity;
  try {
    identity = createIdentity(settings);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new ProbeFailure("permission_denied", `own TLS files: ${detail}`);
  }
  identities.set(settings, identity);
  return identity;
}

function createIdentity(settings: TlsSettings): TlsIdentity {
  const authorities = textOf(settings.ca_file);
  const context = tls.createSecureContext({
    ca: authorities,
    cert: textOf(settings.cert_file),
    key: textOf(settings.key_file),
    minVersion: versions[settings.min_version],
    // The oldest versions are refused by OpenSSL at its default security level.
    ...(settings.min_version < "TLS12" ? { ciphers: "DEFAULT:@SECLEVEL=0" } : {}),
  });
  const roots = authorities === undefined ? shippedRoots : once(() => certificatesIn(authorities));
  return { context, roots };
}

const shippedRoots = once(() => tls.rootCertificates.map((pem) => new X509Certificate(pem)));

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

function textOf(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readFileSync(file, "utf8");
}
