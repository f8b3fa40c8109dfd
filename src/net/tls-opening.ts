/** Octets of a TLS record header: type, version, length (RFC 8446 section 5.1). */
const RECORD_HEADER = 5;
/** Octets of a handshake message's header: type, length (section 4). */
const MESSAGE_HEADER = 4;

const CHANGE_CIPHER_SPEC = 20;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;

const CERTIFICATE_REQUEST = 13;

/**
 * Looks on while the other side opens its half of a handshake, and finds what OpenSSL does not
 * tell: text that came instead of TLS, and the request for a client certificate. Up to TLS 1.2 that
 * request is readable; TLS 1.3 encrypts it, and has an alert for it.
 */
export class TlsOpening {
  #state: "first" | "clear" | "handshake" | "encrypted" = "first";
  #clearText = "";
  #certificateRequested = false;
  #recordHeader: number[] = [];
  #recordLeft = 0;
  #messageHeader: number[] = [];
  #messageLeft = 0;

  /** Whether the first octet was none of TLS. */
  get isClear(): boolean {
    return this.#state === "clear";
  }

  /**
   * What came instead of TLS, one character an octet; null while there is less of it than OpenSSL
   * needs to refuse it, and when it is TLS.
   */
  get clearText(): string | null {
    return this.#clearText.length >= RECORD_HEADER ? this.#clearText : null;
  }

  get certificateRequested(): boolean {
    return this.#certificateRequested;
  }

  /** Takes the octets of the other side as they come, from the first one on. */
  observe(octets: Buffer): void {
    const [first] = octets;
    if (first === undefined) return;
    if (this.#state === "first") this.#state = isRecordType(first) ? "handshake" : "clear";
    if (this.#state === "clear") this.#clearText += octets.toString("latin1");
    let at = 0;
    while (at < octets.length && this.#state === "handshake") {
      at += this.#recordLeft === 0 ? this.#inHeader(octets, at) : this.#inRecord(octets, at);
    }
  }

  #inHeader(octets: Buffer, at: number): number {
    this.#recordHeader.push(octets[at] ?? 0);
    if (this.#recordHeader.length < RECORD_HEADER) return 1;
    const [type, , , high = 0, low = 0] = this.#recordHeader;
    this.#recordHeader = [];
    this.#recordLeft = high * 0x100 + low;
    // Handshake messages are readable up to the first record of another type.
    if (type !== HANDSHAKE) this.#state = "encrypted";
    return 1;
  }

  #inRecord(octets: Buffer, at: number): number {
    const passed = Math.min(this.#messageLeft, this.#recordLeft, octets.length - at);
    if (passed > 0) {
      this.#messageLeft -= passed;
      this.#recordLeft -= passed;
      return passed;
    }
    this.#recordLeft--;
    this.#messageHeader.push(octets[at] ?? 0);
    if (this.#messageHeader.length < MESSAGE_HEADER) return 1;
    const [type, high = 0, middle = 0, low = 0] = this.#messageHeader;
    this.#messageHeader = [];
    this.#messageLeft = high * 0x1_0000 + middle * 0x100 + low;
    if (type === CERTIFICATE_REQUEST) this.#certificateRequested = true;
    return 1;
  }
}

function isRecordType(octet: number): boolean {
  return octet >= CHANGE_CIPHER_SPEC && octet <= APPLICATION_DATA;
}
