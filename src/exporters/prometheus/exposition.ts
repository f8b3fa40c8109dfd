import type { Writable } from "node:stream";
import { type Clock, systemClock } from "../../clock.ts";
import { negotiate, OPENMETRICS_FORMAT } from "./content-type.ts";
import { LoopSlices } from "./loop-slices.ts";
import { headText } from "./metric-text.ts";
import type { PagedRegistry } from "./paged-registry.ts";
import { type Piece, PieceWriter } from "./piece-writer.ts";

/** Everything in a registry, as an HTTP server answers a scrape with it. */
export class Exposition {
  readonly #registry: PagedRegistry;
  readonly #slices: LoopSlices;

  constructor(registry: PagedRegistry, clock: Clock = systemClock) {
    this.#registry = registry;
    this.#slices = new LoopSlices(clock);
  }

  /** The content type to answer with, from a request's Accept header. */
  contentType(accept: string | undefined): string {
    return negotiate(accept);
  }

  /**
   * Writes the exposition in the format that `contentType` names, waiting where `out` is full, and
   * returns when `out` has taken all of it or is destroyed. It does not end `out`. Many can run at
   * once; between slices of about a millisecond the event loop has its turn.
   */
  async writeTo(out: Writable, contentType: string): Promise<void> {
    const writer = new PieceWriter(out, this.#slices);
    for await (const piece of this.#pieces(contentType === OPENMETRICS_FORMAT)) {
      await writer.write(piece);
      if (out.destroyed) break;
    }
    await writer.end();
  }

  async *#pieces(openMetrics: boolean): AsyncGenerator<Piece> {
    yield textPiece(await this.#registry.ownText(openMetrics));
    for (const metric of this.#registry.paged()) {
      if (metric.rows === 0) continue;
      yield textPiece(headText(metric, openMetrics));
      yield* metric.read();
    }
    if (openMetrics) yield textPiece("# EOF\n");
  }
}

function textPiece(text: string): Piece {
  return { lend: () => ({ octets: Buffer.from(text), end: () => {} }) };
}
