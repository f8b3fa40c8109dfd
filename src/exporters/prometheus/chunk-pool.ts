/** Octets of a chunk: fewer would cost more system calls than the copying itself. */
export const CHUNK_OCTETS = 262_144;

const SPARE_CHUNKS = 16;

/** Chunks that are used again: a scrape allocates nothing, and leaves nothing to collect. */
export class ChunkPool {
  readonly #spare: Buffer[] = [];

  /** A chunk for this many octets at least; what it holds is left over from its last use. */
  take(octets: number): Buffer {
    if (octets > CHUNK_OCTETS) return Buffer.allocUnsafeSlow(octets);
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(CHUNK_OCTETS);
  }

  /** Takes a chunk back that nobody reads any more. */
  give(chunk: Buffer): void {
    if (chunk.length === CHUNK_OCTETS && this.#spare.length < SPARE_CHUNKS) this.#spare.push(chunk);
  }
}
