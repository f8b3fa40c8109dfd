import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/**
 * The stream under a TLS session: writes to the connection's socket, and is handed what was read
 * from it. TLS does not sit on the socket itself, since then nobody else sees what comes in.
 */
export class TlsCarrier extends Duplex {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super({ autoDestroy: false, emitClose: false });
    this.#socket = socket;
  }

  /** Hands on octets that were read; the buffer is only lent for the call. */
  receive(octets: Buffer): void {
    this.push(Buffer.from(octets));
  }

  /** Hands on that the other side closed. */
  receiveEnd(): void {
    this.push(null);
  }

  override _read(): void {
    // What is read comes by `receive`.
  }

  override _write(octets: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#socket.write(octets);
    done();
  }

  override _final(done: () => void): void {
    this.#socket.end();
    done();
  }
}
