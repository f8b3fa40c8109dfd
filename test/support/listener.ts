import net, { type AddressInfo, type Server, type Socket } from "node:net";

/** A listener on 127.0.0.1 that accepts, says nothing, and closes when the other side does. */
export class Listener {
  readonly sockets: Socket[] = [];
  /** The addresses of all who have come. */
  readonly callers: (string | undefined)[] = [];
  readonly #server: Server = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.resume();
    this.sockets.push(socket);
    this.callers.push(socket.remoteAddress);
  });

  static async start(): Promise<Listener> {
    const listener = new Listener();
    await new Promise<void>((resolve) => {
      listener.#server.listen(0, "127.0.0.1", resolve);
    });
    return listener;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  closeConnections(): void {
    for (const socket of this.sockets.splice(0)) socket.destroy();
  }

  close(): void {
    this.closeConnections();
    this.#server.close();
  }
}
