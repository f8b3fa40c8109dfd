import { describe, expect, it } from "vitest";
import { tlsFailure, type HandshakeState } from "../../src/net/tls-errors.ts";

const inHandshake: HandshakeState = { secured: false, lacksCertificate: false };
const afterwards: HandshakeState = { secured: true, lacksCertificate: false };
const lacking: HandshakeState = { secured: false, lacksCertificate: true };

/** An error as Node.js makes it of one of OpenSSL's. */
function openssl(code: string, reason: string, alert?: number): Error {
  const number = alert === undefined ? "" : `:SSL alert number ${alert}`;
  const message = `C0A7:error:0A00042E:SSL routines:ssl3_read_bytes:${reason}:rec.c:1605${number}:\n`;
  return Object.assign(new Error(message), { code, reason, library: "SSL routines" });
}

describe("an error of TLS", () => {
  it.each([
    ["an alert: no cipher in common", 40, inHandshake, "tls_handshake_failed"],
    ["an alert: no version in common", 70, inHandshake, "tls_version"],
    ["an alert: internal error", 80, inHandshake, "tls_handshake_failed"],
    ["an alert: unknown name", 112, inHandshake, "tls_handshake_failed"],
    ["an alert: certificate required", 116, inHandshake, "client_certificate_required"],
    [
      "an alert: certificate required, after the handshake",
      116,
      afterwards,
      "client_certificate_required",
    ],
    ["an alert: unknown authority, after the handshake", 48, afterwards, "tls_handshake_failed"],
    [
      "an alert: handshake failure without the certificate asked for",
      40,
      lacking,
      "client_certificate_required",
    ],
    ["an alert: no certificate", 41, lacking, "client_certificate_required"],
    ["an alert: bad certificate where there is none", 42, lacking, "client_certificate_required"],
    ["an alert: bad certificate", 42, inHandshake, "tls_handshake_failed"],
    [
      "an alert: internal error without the certificate asked for",
      80,
      lacking,
      "tls_handshake_failed",
    ],
  ] as const)("that is %s", (_what, alert, state, reason) => {
    const failure = tlsFailure(openssl("ERR_SSL_TLSV1_ALERT", "tlsv1 alert", alert), state);
    expect(failure).toMatchObject({ reason, code: alert, phase: "tls" });
    expect(failure.detail).toBe(`tlsv1 alert (alert ${alert})`);
  });

  it.each([
    ["ERR_SSL_UNSUPPORTED_PROTOCOL", "tls_version"],
    ["ERR_SSL_VERSION_TOO_LOW", "tls_version"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "tls_handshake_failed"],
    ["ERR_SSL_PACKET_LENGTH_TOO_LONG", "tls_handshake_failed"],
    ["ERR_OSSL_ASN1_HEADER_TOO_LONG", "tls_handshake_failed"],
  ] as const)("that is our own finding: %s", (code, reason) => {
    const failure = tlsFailure(openssl(code, "some reason"), inHandshake);
    expect(failure).toMatchObject({ reason, code: null, phase: "tls", detail: "some reason" });
  });

  it("that is our own finding after the handshake breaks the protocol of its phase", () => {
    const failure = tlsFailure(openssl("ERR_SSL_BAD_RECORD_TYPE", "bad record type"), afterwards);
    expect(failure).toMatchObject({ reason: "protocol_error", phase: null });
  });

  it("never shows OpenSSL's text, which holds an address of memory", () => {
    const { detail } = tlsFailure(openssl("ERR_SSL_X", "bad record"), inHandshake);
    expect(detail).not.toContain("C0A7");
  });

  it("that is a FIN inside the handshake", () => {
    const error = Object.assign(new Error("disconnected"), { code: "ECONNRESET" });
    expect(tlsFailure(error, inHandshake)).toMatchObject({
      reason: "connection_closed",
      phase: "tls",
    });
  });

  it.each([
    [inHandshake, "tls"],
    [afterwards, null],
  ] as const)("that is a system call's", (state, phase) => {
    const error = Object.assign(new Error("reset"), { code: "ECONNRESET", syscall: "read" });
    expect(tlsFailure(error, state)).toMatchObject({ reason: "connection_reset", phase });
  });

  it("that has no code fails the handshake all the same", () => {
    expect(tlsFailure(new Error("odd"), inHandshake).reason).toBe("tls_handshake_failed");
  });
});
