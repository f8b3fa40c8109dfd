/** Local ports to choose from, both ends included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Hands out local ports round robin, one counter for each source address. Without a port of its own
 * a bound socket takes one that is unique on its address over all destinations, for as long as its
 * TIME_WAIT lasts; a chosen port only has to be unique for its destination, and rests a whole turn.
 */
export class SourcePorts {
  readonly range: PortRange;
  readonly #next = new Map<string, number>();

  constructor(range: PortRange) {
    this.range = range;
  }

  /** How many ports there are to try. */
  get size(): number {
    return this.range.to - this.range.from + 1;
  }

  next(source: string): number {
    const port = this.#next.get(source) ?? this.range.from;
    this.#next.set(source, port === this.range.to ? this.range.from : port + 1);
    return port;
  }
}
