import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { rootCertificates, type TLSSocket } from "node:tls";

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

const timeErrors = new Set(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]);

/** A chain longer than this is cut: no authority issues one, and each link costs a verification. */
const CHAIN_LIMIT = 16;

/** Judges the chain that a finished handshake left on the socket, at `nowMs` of Unix time. */
export function certificateFacts(
  socket: TLSSocket,
  serverName: string,
  authorities: string | undefined,
  nowMs: number,
): CertificateFacts {
  const leaf = socket.getPeerX509Certificate();
  if (leaf === undefined) {
    return {
      notAfterSeconds: null,
      expired: false,
      notYetValid: false,
      trusted: false,
      nameMatches: false,
      subject: "",
    };
  }
  const chain = chainOf(leaf);
  const notAfter = Math.min(...chain.map((certificate) => Date.parse(certificate.validTo)));
  const notBefore = Math.max(...chain.map((certificate) => Date.parse(certificate.validFrom)));
  return {
    notAfterSeconds: notAfter / 1000,
    expired: nowMs > notAfter,
    notYetValid: nowMs < notBefore,
    trusted: isTrusted(socket, chain, authorities),
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
  const match = isIP(serverName) === 0 ? leaf.checkHost(serverName) : leaf.checkIP(serverName);
  return match !== undefined;
}

/**
 * OpenSSL keeps one verdict, and an expired certificate hides that nobody trusted signed it: then
 * the signatures are followed here to an authority.
 */
function isTrusted(
  socket: TLSSocket,
  chain: readonly X509Certificate[],
  authorities: string | undefined,
): boolean {
  if (socket.authorized) return true;
  const verdict = String(socket.authorizationError);
  if (!timeErrors.has(verdict)) return verdict === "ERR_TLS_CERT_ALTNAME_INVALID";
  const roots = authorities === undefined ? rootCertificates : pemBlocks(authorities);
  return leadsTo(
    chain,
    roots.map((pem) => new X509Certificate(pem)),
  );
}

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

function pemBlocks(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}
