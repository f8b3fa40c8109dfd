import { once } from "node:events";
import net from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { ReusableSocket, type SocketUser } from "../../src/net/reusable-socket.ts";

/** A user that keeps what it is told, and closes when the other side has. */
class Witness implements SocketUser {
  readonly told: string[] = [];
  socket: ReusableSocket | null = null;
  readonly closed: Promise<void>;
  #onClosed: () => void = () => {};

  constructor() {
    this.closed = new Promise((resolve) => {
      this.#onClosed = resolve;
    });
  }

  onAttempt(): void {
    this.told.push("attempt");
  }

  onConnect(): void {
    this.told.push("connect");
  }

  onOctets(octets: Buffer): void {
    this.told.push(octets.toString("latin1"));
  }

  onEnd(): void {
    this.told.push("end");
    this.socket?.stream.destroy();
  }

  onError(error: NodeJS.ErrnoException): void {
    this.told.push(error.code ?? error.message);
  }

  onClose(): void {
    this.told.push("close");
    this.#onClosed();
  }
}

const servers: net.Server[] = [];

/** A server that says one thing to each that connects, and closes. */
async function serverSaying(...texts: readonly string[]): Promise<net.TcpSocketConnectOpts> {
  const left = [...texts];
  const server = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.end(left.shift() ?? "");
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { host: "127.0.0.1", port: (server.address() as net.AddressInfo).port };
}

/** One connection, from being dialled to being closed. */
async function converse(
  to: net.TcpSocketConnectOpts,
  use: (socket: ReusableSocket) => void = () => {},
): Promise<{ readonly socket: ReusableSocket; readonly told: readonly string[] }> {
  const user = new Witness();
  const socket = ReusableSocket.dial(user, to);
  user.socket = socket;
  use(socket);
  await user.closed;
  return { socket, told: user.told };
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe("a reusable socket", () => {
  it("serves one user after the other, each with its own connection", async () => {
    const to = await serverSaying("first", "second");
    const first = await converse(to);
    const second = await converse(to);
    expect(second.socket).toBe(first.socket);
    expect(first.told).toEqual(["attempt", "connect", "first", "end", "close"]);
    expect(second.told).toEqual(["attempt", "connect", "second", "end", "close"]);
  });

  it("serves its next user as well when it closed first, or by a reset", async () => {
    const to = await serverSaying("first", "second", "third");
    const first = await converse(to, ({ stream }) => stream.once("connect", () => stream.end()));
    const second = await converse(to, ({ stream }) =>
      stream.once("connect", () => stream.resetAndDestroy()),
    );
    const third = await converse(to);
    expect(second.socket).toBe(first.socket);
    expect(third.socket).toBe(first.socket);
    expect(third.told).toEqual(["attempt", "connect", "third", "end", "close"]);
  });

  it("is not used again when it has failed", async () => {
    const to = await serverSaying("first");
    const refused = await converse({ host: "127.0.0.1", port: 1 });
    const next = await converse(to);
    expect(refused.told).toEqual(["attempt", "ECONNREFUSED", "close"]);
    expect(next.socket).not.toBe(refused.socket);
  });

  it("is not used again when it is retired", async () => {
    const to = await serverSaying("first", "second");
    const retired = await converse(to, (socket) => {
      socket.retire();
    });
    const next = await converse(to);
    expect(next.socket).not.toBe(retired.socket);
  });
});
