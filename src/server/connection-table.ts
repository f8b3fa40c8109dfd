import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../clock.ts";

/** A connection on which nothing happened for this long may be given up for another. */
const INACTIVE_MS = 1000;

interface Entry {
  readonly socket: Socket;
  /** When something last happened: it came, a request began or ended, the client took data. */
  activeMs: number;
  response: ServerResponse | null;
}

/** The open connections of one server: what each is doing, and which one can be spared. */
export class ConnectionTable {
  readonly #clock: Clock;
  // By the client's address and port: TLS puts a socket of its own around the one that came in.
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Keeps a connection that came in until it closes. */
  add(socket: Socket): void {
    const key = keyOf(socket);
    this.#entries.set(key, { socket, activeMs: this.#clock.monotonicMs(), response: null });
    socket.once("close", () => this.#entries.delete(key));
  }

  isAnswering(socket: Socket): boolean {
    return this.#entries.get(keyOf(socket))?.response !== null;
  }

  /** A request came in on this connection and is answered with this response. */
  begin(socket: Socket, response: ServerResponse): void {
    const entry = this.#entries.get(keyOf(socket));
    if (entry === undefined) return;
    const touch = () => {
      entry.activeMs = this.#clock.monotonicMs();
    };
    touch();
    entry.response = response;
    response.on("drain", touch);
    response.once("close", () => {
      touch();
      entry.response = null;
    });
  }

  /**
   * The connection on which nothing has happened for longest: it waits for a request, or its client
   * takes nothing of an answer. Null when all are busy or were so within the last second.
   */
  leastActive(): Socket | null {
    let oldest: Entry | null = null;
    for (const entry of this.#entries.values()) {
      const waits = entry.response === null || entry.response.writableNeedDrain;
      if (waits && (oldest === null || entry.activeMs < oldest.activeMs)) oldest = entry;
    }
    if (oldest === null || this.#clock.monotonicMs() - oldest.activeMs < INACTIVE_MS) return null;
    return oldest.socket;
  }

  /** Closes a connection, which does not count from now on. */
  drop(socket: Socket): void {
    this.#entries.delete(keyOf(socket));
    socket.destroy();
  }

  destroyAll(): void {
    for (const { socket } of this.#entries.values()) socket.destroy();
  }
}

function keyOf({ remoteAddress = "", remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
