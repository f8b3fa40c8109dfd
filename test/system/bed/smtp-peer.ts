import { createServer, type Socket } from "node:net";
import type { Bed } from "./bed.ts";
import { until } from "./until.ts";

/** An SMTP server within this process that keeps count, and can keep its banner to itself. */
export interface SmtpPeer {
  readonly port: number;
  /** When each connection was accepted, in milliseconds of `performance.now()`. */
  readonly acceptedAtMs: readonly number[];
  /** Connections that are open now. */
  open(): number;
  /** Dialogues on an address that came as far as QUIT. */
  completed(address: string): number;
  /** From now on nobody is greeted. */
  hold(): void;
  /** Greets those who wait, and all who come. */
  release(): void;
}

function greet(socket: Socket): void {
  socket.write("220 peer.example.test ESMTP\r\n");
}

/** Starts it on the same free port of every address. It offers no STARTTLS. */
export async function startSmtpPeer(bed: Bed, addresses: readonly string[]): Promise<SmtpPeer> {
  const acceptedAtMs: number[] = [];
  const completed = new Map<string, number>();
  const open = new Set<Socket>();
  const waiting = new Set<Socket>();
  let holding = false;

  const converse = (socket: Socket): void => {
    acceptedAtMs.push(performance.now());
    const { localAddress = "" } = socket;
    open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      open.delete(socket);
      waiting.delete(socket);
    });
    socket.on("data", (octets) => {
      const command = octets.toString("latin1").slice(0, 4);
      if (command === "EHLO") socket.write("250 peer.example.test\r\n");
      else if (command === "QUIT") {
        completed.set(localAddress, (completed.get(localAddress) ?? 0) + 1);
        socket.end("221 2.0.0 bye\r\n");
      } else socket.write("500 5.5.1 what?\r\n");
    });
    if (holding) waiting.add(socket);
    else greet(socket);
  };

  const [first = "127.0.0.1", ...others] = addresses;
  const listen = async (address: string, port: number): Promise<number> => {
    const server = createServer({ noDelay: true }, converse);
    server.listen({ host: address, port, backlog: 1024 });
    bed.atEnd(() => {
      server.close();
      for (const socket of open) socket.destroy();
    });
    await until(`the SMTP peer listens on ${address}`, () => server.listening);
    const bound = server.address();
    return bound !== null && typeof bound === "object" ? bound.port : port;
  };
  const port = await listen(first, 0);
  await Promise.all(others.map((address) => listen(address, port)));

  return {
    port,
    acceptedAtMs,
    open: () => open.size,
    completed: (address) => completed.get(address) ?? 0,
    hold: () => {
      holding = true;
    },
    release: () => {
      holding = false;
      for (const socket of waiting) greet(socket);
      waiting.clear();
    },
  };
}
