import { createServer, type AddressInfo, type Socket } from "node:net";

/** How an embedded peer behaves. */
export interface ResponderBehaviour {
  readonly name: string;
  readonly address: string;
  /** Callers that it turns away with 554: what a blocklist does to one address of a pool. */
  readonly refuses?: readonly string[];
}

/** An embedded SMTP peer that is listening. */
export interface Responder {
  readonly port: number;
  close(): Promise<void>;
}

/** Longest command line taken (RFC 5321 section 4.5.3.1.4). */
const COMMAND_OCTETS = 512;

/** Idle connections are ended after this; nobody but the demo's own probes should come. */
const IDLE_MS = 10_000;

/** Starts a peer on a free port that greets, answers EHLO, HELO, NOOP and QUIT, and takes no mail. */
export async function startSmtpResponder(behaviour: ResponderBehaviour): Promise<Responder> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    converse(socket, behaviour);
  });
  server.maxConnections = 256;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, behaviour.address, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function converse(socket: Socket, { name, refuses = [] }: ResponderBehaviour): void {
  const refused = refuses.includes(socket.remoteAddress ?? "");
  socket.write(
    refused
      ? `554 5.7.1 ${name} takes no mail from ${socket.remoteAddress}\r\n`
      : `220 ${name} ESMTP demo\r\n`,
  );
  let text = "";
  socket.on("data", (octets) => {
    text += octets.toString("latin1");
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n")) {
      const command = text.slice(0, end).trim().split(" ")[0]?.toUpperCase() ?? "";
      text = text.slice(end + 1);
      if (command === "QUIT") {
        socket.end(`221 2.0.0 ${name} closes\r\n`);
        return;
      }
      socket.write(refused ? "503 5.5.1 only QUIT now\r\n" : answer(command, name));
    }
    if (text.length > COMMAND_OCTETS) socket.destroy();
  });
}

function answer(command: string, name: string): string {
  switch (command) {
    case "EHLO":
      return `250-${name}\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n`;
    case "HELO":
      return `250 ${name}\r\n`;
    case "NOOP":
      return "250 2.0.0 fine\r\n";
    default:
      return "502 5.5.1 this is a demo\r\n";
  }
}
