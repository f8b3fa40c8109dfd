import { ServerResponse } from "node:http";
import type { Writable } from "node:stream";
import type { ChunkPool } from "./chunk-pool.ts";
import type { LoopSlices } from "./loop-slices.ts";

/** Chunks at most that the stream has not taken yet: what a slow reader can hold. */
const CHUNKS_IN_FLIGHT = 4;

/** Text that is copied in one go: its length may change while it waits, not while it is copied. */
export interface Piece {
  /** Octets that a copy takes at most. */
  readonly octets: number;
  /** Copies it and returns how many octets that were. */
  copyTo(target: Buffer, offset: number): number;
}

/** What all writers share. */
export interface ChunkWriterParts {
  readonly pool: ChunkPool;
  readonly slices: LoopSlices;
}

/** Hands text to a stream in chunks, no faster than it takes them, and in slices of the loop. */
export class ChunkWriter {
  readonly #out: Writable;
  readonly #pool: ChunkPool;
  readonly #slices: LoopSlices;
  #chunk: Buffer | null = null;
  #filled = 0;
  #inFlight = 0;
  #wake: () => void = () => {};
  readonly #onClose = (): void => {
    this.#wake();
  };

  constructor(out: Writable, { pool, slices }: ChunkWriterParts) {
    this.#out = out;
    this.#pool = pool;
    this.#slices = slices;
    out.once("close", this.#onClose);
  }

  /** Returns when the piece is copied, or when nobody reads any more. */
  async write(piece: Piece): Promise<void> {
    if (this.#out.destroyed) return;
    if (this.#slices.isOver) await this.#slices.turn();
    else if (this.#copied(piece)) return;
    else await this.#nextChunk(piece.octets);
    await this.write(piece);
  }

  /** Returns when the stream has taken everything, or when nobody reads any more. */
  async end(): Promise<void> {
    this.#flush();
    await this.#drained();
    this.#out.off("close", this.#onClose);
  }

  #copied(piece: Piece): boolean {
    if (this.#chunk === null || this.#filled + piece.octets > this.#chunk.length) return false;
    this.#filled += piece.copyTo(this.#chunk, this.#filled);
    return true;
  }

  async #nextChunk(octets: number): Promise<void> {
    this.#flush();
    if (this.#inFlight >= CHUNKS_IN_FLIGHT) await this.#taken();
    else this.#chunk = this.#pool.take(octets);
  }

  #flush(): void {
    const chunk = this.#chunk;
    if (chunk === null || this.#filled === 0 || this.#out.destroyed) return;
    this.#chunk = null;
    this.#inFlight++;
    this.#out.write(chunk.subarray(0, this.#filled), (error) => {
      this.#inFlight--;
      if (this.#isDoneWithChunks(error)) this.#pool.give(chunk);
      this.#wake();
    });
    this.#filled = 0;
  }

  /**
   * Whether a chunk that was called back may be overwritten. A response calls back when the kernel
   * has the octets; another stream may have passed them on to one that still holds them.
   */
  #isDoneWithChunks(error: unknown): boolean {
    return (error === undefined || error === null) && this.#out instanceof ServerResponse;
  }

  async #drained(): Promise<void> {
    if (this.#inFlight === 0 || this.#out.destroyed) return;
    await this.#taken();
    await this.#drained();
  }

  /** Resolves when the stream takes a chunk or closes. */
  async #taken(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}
