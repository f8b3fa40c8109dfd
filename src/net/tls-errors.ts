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
 * Reads an error of a TLS session. OpenSSL's message holds a pointer and is never shown; a TLS 1.3
 * server refuses a missing client certificate only after the handshake, which is still phase `tls`.
 */
export function tlsFailure(error: TlsError, state: HandshakeState): ProbeFailure {
  const code = error.code ?? "";
  const phase = state.secured ? null : "tls";
  // Node.js reports a FIN inside the handshake as ECONNRESET without a system call.
  if (code === "ECONNRESET" && error.syscall === undefined) {
    return new ProbeFailure("connection_closed", "closed inside the TLS handshake", null, phase);
  }
  if (error.syscall !== undefined) {
    const verdict = socketVerdict(code, error.syscall, false);
    return new ProbeFailure(verdict.reason, `${error.syscall} ${code}`, null, phase);
  }
  const said = error.reason ?? code;
  const number = alertNumber.exec(error.message)?.groups?.["number"];
  if (number !== undefined) {
    const alert = Number(number);
    return new ProbeFailure(alertReason(alert, state), `${said} (alert ${alert})`, alert, "tls");
  }
  if (state.secured) return new ProbeFailure("protocol_error", said);
  const reason = versionCodes.has(code) ? "tls_version" : "tls_handshake_failed";
  return new ProbeFailure(reason, said, null, "tls");
}

function alertReason(alert: number, { lacksCertificate }: HandshakeState): Reason {
  const missing = lacksCertificate && missingCertificateAlerts.has(alert);
  if (missing) return "client_certificate_required";
  return alertReasons[alert] ?? "tls_handshake_failed";
}
