import { ServerResponse } from "node:http";
import type { Writable } from "node:stream";
import type { LoopSlices } from "./loop-slices.ts";

/** Pieces at most that the stream has not taken yet: about a megabyte for a slow reader. */
const PIECES_IN_FLIGHT = 16;

/** Text that is lent to a stream as it stands at that moment. */
export interface Piece {
  lend(): Loan;
}

export interface Loan {
  /** Not to be changed by anybody until the loan has ended. */
  readonly octets: Buffer;
  /** Says that nobody reads the octets any more; a loan may also last for ever. */
  readonly end: () => void;
}

/** Writes pieces to a stream, no faster than it takes them, and in slices of the event loop. */
export class PieceWriter {
  readonly #out: Writable;
  readonly #slices: LoopSlices;
  #inFlight = 0;
  #wake: () => void = () => {};
  readonly #onClose = (): void => {
    this.#wake();
  };

  constructor(out: Writable, slices: LoopSlices) {
    this.#out = out;
    this.#slices = slices;
    out.once("close", this.#onClose);
  }

  /** Returns when the piece is written, or when nobody reads any more. */
  async write(piece: Piece): Promise<void> {
    if (this.#out.destroyed) return;
    if (this.#slices.isOver) await this.#slices.turn();
    else if (this.#inFlight === PIECES_IN_FLIGHT) await this.#taken();
    else {
      this.#send(piece.lend());
      return;
    }
    await this.write(piece);
  }

  /** Returns when the stream has taken everything, or when nobody reads any more. */
  async end(): Promise<void> {
    if (this.#inFlight > 0 && !this.#out.destroyed) {
      await this.#taken();
      await this.end();
    } else this.#out.off("close", this.#onClose);
  }

  #send({ octets, end }: Loan): void {
    if (octets.length === 0) {
      end();
      return;
    }
    this.#inFlight++;
    this.#out.write(octets, (error) => {
      this.#inFlight--;
      if (this.#isDoneWithPieces(error)) end();
      this.#wake();
    });
  }

  /**
   * Whether the stream holds no piece that it has called back for. That is sure of an HTTP response,
   * which calls back when the kernel has the octets; another stream may only have passed them on.
   */
  #isDoneWithPieces(error: unknown): boolean {
    return (error === undefined || error === null) && this.#out instanceof ServerResponse;
  }

  /** Resolves when the stream takes a piece or closes. */
  async #taken(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}
