import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { TLSSocket } from "node:tls";

/** How the peer's certificate chain stands, each check by itself. */
export interface CertificateFacts {
  /** Earliest notAfter of the chain, Unix time in seconds; null without a certificate. */
  readonly notAfterSeconds: number | null;
  /** Whether a certificate of the chain has expired. */
  readonly expired: boolean;
  readonly notYetValid: boolean;
  /** Whether a trusted authority signed the chain, whatever its dates. */
  readonly trusted: boolean;
  /** Whether the certificate is for the name or address asked for. */
  readonly nameMatches: boolean;
  /** Subject of the peer's own certificate, for people. */
  readonly subject: string;
}

/** OpenSSL found an authority for the chain, and something else was wrong with it. */
const timeErrors = new Set([
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "ERROR_IN_CERT_NOT_AFTER_FIELD",
  "ERROR_IN_CERT_NOT_BEFORE_FIELD",
]);
const nameError = "ERR_TLS_CERT_ALTNAME_INVALID";

/** A chain longer than this is cut: no authority issues one, and each link costs a verification. */
const CHAIN_LIMIT = 16;

const noCertificate: CertificateFacts = {
  notAfterSeconds: null,
  expired: false,
  notYetValid: false,
  trusted: false,
  nameMatches: false,
  subject: "",
};

/**
 * Judges the chain that a finished handshake left on the socket, at `nowMs` of Unix time and by the
 * authorities in `roots`.
 */
export function certificateFacts(
  socket: TLSSocket,
  serverName: string,
  roots: () => readonly X509Certificate[],
  nowMs: number,
): CertificateFacts {
  const leaf = socket.getPeerX509Certificate();
  if (leaf === undefined) return noCertificate;
  const chain = chainOf(leaf);
  const notAfterMs = Math.min(...chain.map((certificate) => Date.parse(certificate.validTo)));
  const notBeforeMs = Math.max(...chain.map((certificate) => Date.parse(certificate.validFrom)));
  const verdict = socket.authorized ? "" : String(socket.authorizationError);
  const valid = verdict === "" || verdict === nameError;
  return {
    // A certificate may hold a date that is none: every comparison with it is false.
    notAfterSeconds: Number.isNaN(notAfterMs) ? null : notAfterMs / 1000,
    // An authority's old certificate that is sent along but not needed does no harm.
    expired: !valid && !(nowMs <= notAfterMs),
    notYetValid: !valid && !(nowMs >= notBeforeMs),
    trusted: valid || (timeErrors.has(verdict) && leadsTo(chain, roots())),
    nameMatches: isFor(leaf, serverName),
    subject: leaf.subject,
  };
}

function chainOf(leaf: X509Certificate): X509Certificate[] {
  const chain: X509Certificate[] = [];
  const seen = new Set<string>();
  let certificate: X509Certificate | undefined = leaf;
  while (certificate !== undefined && chain.length < CHAIN_LIMIT) {
    if (seen.has(certificate.fingerprint256)) break;
    seen.add(certificate.fingerprint256);
    chain.push(certificate);
    certificate = certificate.issuerCertificate;
  }
  return chain;
}

function isFor(leaf: X509Certificate, serverName: string): boolean {
  // The zone of a link-local address is this host's own affair.
  const [name = ""] = serverName.split("%");
  const match = isIP(name) === 0 ? leaf.checkHost(name) : leaf.checkIP(name);
  return match !== undefined;
}

/**
 * OpenSSL keeps one verdict, and an expired certificate hides that nobody trusted signed it: then
 * the signatures are followed here to an authority.
 */
function leadsTo(chain: readonly X509Certificate[], roots: readonly X509Certificate[]): boolean {
  for (const [index, certificate] of chain.entries()) {
    if (roots.some((root) => isIssuedBy(certificate, root))) return true;
    const issuer = chain[index + 1];
    if (issuer === undefined || !isIssuedBy(certificate, issuer)) return false;
  }
  return false;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
