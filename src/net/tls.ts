import { isIP, type Socket } from "node:net";
import tls, { type TLSSocket } from "node:tls";
import { ProbeFailure } from "../errors.ts";
import { certificateFacts, type CertificateFacts } from "./certificates.ts";
import { TlsCarrier } from "./tls-carrier.ts";
import { tlsFailure } from "./tls-errors.ts";
import { type TlsIdentity, tlsIdentity, type TlsSettings } from "./tls-identity.ts";
import { TlsOpening } from "./tls-opening.ts";

export interface TlsRequest {
  readonly settings: TlsSettings;
  /** The name or address the certificate has to be for, and that is sent as SNI when it is a name. */
  readonly serverName: string;
  /** What it means when this text came instead of TLS; by default the handshake has failed. */
  readonly onClearText?: (text: string) => ProbeFailure;
}

/** What a handshake showed. */
export interface TlsFacts extends CertificateFacts {
  /** `TLSv1.2`, `TLSv1.3` … */
  readonly version: string;
  /** OpenSSL's name of the cipher suite. */
  readonly cipher: string;
}

/** What a session tells the connection that it is on. */
export interface TlsEvents {
  readonly secured: (facts: TlsFacts) => void;
  readonly octets: (octets: Buffer) => void;
  readonly ended: () => void;
  readonly failed: (failure: ProbeFailure) => void;
}

/** A TLS session of a client over an open socket (RFC 3207 section 4, RFC 8446). */
export class TlsSession {
  readonly stream: TLSSocket;
  readonly #carrier: TlsCarrier;
  readonly #opening = new TlsOpening();
  readonly #request: TlsRequest;
  readonly #events: TlsEvents;
  readonly #identity: TlsIdentity;
  readonly #serverName: string;
  #secured = false;

  /**
   * Starts the handshake. The certificate is judged, never enforced: that is left to the probe.
   * Throws a `ProbeFailure` when the agent's own certificate files cannot be used.
   */
  constructor(socket: Socket, request: TlsRequest, events: TlsEvents) {
    this.#request = request;
    this.#events = events;
    this.#identity = tlsIdentity(request.settings);
    // The root's dot belongs to the host name, not to the name in the certificate.
    this.#serverName = request.serverName.replace(/\.$/, "");
    this.#carrier = new TlsCarrier(socket);
    this.stream = tls.connect({
      socket: this.#carrier,
      secureContext: this.#identity.context,
      rejectUnauthorized: false,
      ...(isIP(this.#serverName) === 0 ? { servername: this.#serverName } : {}),
    });
    // It comes again when the other side renegotiates.
    this.stream.once("secureConnect", () => {
      this.#onSecured();
    });
    this.stream.on("data", events.octets);
    this.stream.on("end", events.ended);
    this.stream.on("error", (error: NodeJS.ErrnoException) => {
      this.#onError(error);
    });
  }

  /** Takes octets that were read from the socket; the buffer is only lent for the call. */
  receive(octets: Buffer): void {
    if (!this.#secured) this.#opening.observe(octets);
    if (!this.#opening.isClear) {
      this.#carrier.receive(octets);
      return;
    }
    const text = this.#opening.clearText;
    if (text !== null) this.#events.failed(this.#clearText(text));
  }

  /** Takes that the other side closed the socket. */
  receiveEnd(): void {
    this.#carrier.receiveEnd();
  }

  destroy(): void {
    this.stream.destroy();
    this.#carrier.destroy();
  }

  #onSecured(): void {
    this.#secured = true;
    const { roots } = this.#identity;
    let certificate: CertificateFacts;
    try {
      certificate = certificateFacts(this.stream, this.#serverName, roots, Date.now());
    } catch {
      const detail = "the certificate cannot be read";
      this.#events.failed(new ProbeFailure("tls_handshake_failed", detail, null, "tls"));
      return;
    }
    const version = this.stream.getProtocol() ?? "";
    this.#events.secured({ version, cipher: this.stream.getCipher().name, ...certificate });
  }

  #onError(error: NodeJS.ErrnoException): void {
    const asked = this.#opening.certificateRequested;
    const hasCertificate = this.#request.settings.cert_file !== undefined;
    this.#events.failed(
      tlsFailure(error, { secured: this.#secured, lacksCertificate: asked && !hasCertificate }),
    );
  }

  #clearText(text: string): ProbeFailure {
    const { onClearText } = this.#request;
    if (onClearText !== undefined) return onClearText(text);
    return new ProbeFailure("tls_handshake_failed", `clear text instead of TLS: ${text}`);
  }
}
