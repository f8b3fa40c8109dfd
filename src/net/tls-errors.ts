import { ProbeFailure, type Reason } from "../errors.ts";
import { socketVerdict } from "./socket-errors.ts";

/** Alerts that have a reason of their own (RFC 8446 section 6). */
const alertReasons: Readonly<Record<number, Reason>> = {
  70: "tls_version",
  116: "client_certificate_required",
};

/** What servers up to TLS 1.2 say when the certificate they asked for is missing. */
const missingCertificateAlerts: ReadonlySet<number> = new Set([40, 41, 42]);

const versionCodes = new Set([
  "ERR_SSL_UNSUPPORTED_PROTOCOL",
  "ERR_SSL_WRONG_SSL_VERSION",
  "ERR_SSL_NO_PROTOCOLS_AVAILABLE",
  "ERR_SSL_VERSION_TOO_LOW",
]);

const alertNumber = /SSL alert number (?<number>\d{1,3})/;

interface TlsError extends NodeJS.ErrnoException {
  readonly reason?: string;
}

/** How far a handshake was when it failed. */
export interface HandshakeState {
  /** Whether it was over. */
  readonly secured: boolean;
  /** Whether the other side asked for a client certificate and there was none to give. */
  readonly lacksCertificate: boolean;
}

/**
 * Reads an error of a TLS socket. OpenSSL's message holds a pointer and is never shown; a TLS 1.3
 * server refuses a missing client certificate only after the handshake, which is still phase `tls`.
 */
export function tlsFailure(error: TlsError, state: HandshakeState): ProbeFailure {
  const code = error.code ?? "";
  const phase = state.secured ? null : "tls";
  if (code.startsWith("ERR_SSL_") || code === "EPROTO") {
    const alert = alertNumber.exec(error.message)?.groups?.["number"];
    const number = alert === undefined ? null : Number(alert);
    const said = error.reason ?? code;
    const detail = number === null ? said : `${said} (alert ${number})`;
    const byAlert = number === null ? undefined : alertReason(number, state);
    const reason = byAlert ?? (versionCodes.has(code) ? "tls_version" : "tls_handshake_failed");
    return new ProbeFailure(reason, detail, number, "tls");
  }
  // Node.js reports a FIN inside the handshake as ECONNRESET without a system call.
  if (code === "ECONNRESET" && error.syscall === undefined) {
    return new ProbeFailure("connection_closed", "closed inside the TLS handshake", null, phase);
  }
  const verdict = socketVerdict(code, error.syscall ?? "read", false);
  return new ProbeFailure(verdict.reason, `${error.syscall ?? "tls"} ${code}`, null, phase);
}

function alertReason(alert: number, { lacksCertificate }: HandshakeState): Reason | undefined {
  const missing = lacksCertificate && missingCertificateAlerts.has(alert);
  return missing ? "client_certificate_required" : alertReasons[alert];
}
