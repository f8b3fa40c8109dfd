import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A client that sends what it is told, octet by octet, and reads only when asked. */
export class RawClient {
  readonly socket: Socket;
  readonly #closed: Promise<unknown>;
  #received = "";

  private constructor(port: number) {
    this.socket = connect({ port, host: "127.0.0.1" });
    this.socket.on("error", () => undefined);
    this.#closed = new Promise((resolve) => this.socket.once("close", resolve));
    onTestFinished(() => {
      this.socket.destroy();
    });
  }

  static async connect(port: number): Promise<RawClient> {
    const client = new RawClient(port);
    await once(client.socket, "connect");
    return client;
  }

  send(text: string): this {
    this.socket.write(text);
    return this;
  }

  /** Everything that was received when the server has closed. */
  async untilClosed(): Promise<string> {
    this.#read(() => undefined);
    await this.#closed;
    return this.#received;
  }

  /** What has been received once it holds this text; rejects when the server closes before. */
  async until(text: string): Promise<string> {
    const complete = new Promise<string>((resolve) => {
      this.#read(() => {
        if (this.#received.includes(text)) resolve(this.#received);
      });
    });
    const closed = this.#closed.then(() => {
      throw new Error(`closed after ${JSON.stringify(this.#received)}`);
    });
    return Promise.race([complete, closed]);
  }

  #read(onData: () => void): void {
    this.socket.removeAllListeners("data");
    this.socket.on("data", (chunk: Buffer) => {
      this.#received += chunk.toString("latin1");
      onData();
    });
    this.socket.resume();
  }
}

/** A request as it stands on the wire. */
export function get(path: string, ...headers: readonly string[]): string {
  return ["GET " + path + " HTTP/1.1", "Host: agent", ...headers, "", ""].join("\r\n");
}
