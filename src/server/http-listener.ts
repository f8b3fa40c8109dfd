import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../clock.ts";
import { ConnectionTable } from "./connection-table.ts";
import type { ServerLimits } from "./limits.ts";

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** One listening socket's HTTP server and what is open on it. */
export interface HttpListener {
  readonly server: Server;
  /** Stops accepting, lets requests in flight finish for `limitMs`, then destroys what is left. */
  close(limitMs: number): Promise<void>;
}

/** Puts the limits on a server's connections, and `handle` behind them. */
export function guardConnections(
  server: Server,
  handle: RequestHandler,
  limits: ServerLimits,
  clock: Clock,
): HttpListener {
  const connections = new ConnectionTable(clock);
  let closing = false;

  server.on("connection", (socket) => {
    connections.add(socket);
    if (connections.size <= limits.connections) return;
    // Clients that only hold on must not lock out the one that comes to scrape.
    connections.drop(connections.leastActive() ?? socket);
  });

  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const status = parserStatus(error.code ?? "");
    // A request that never became one gets a status; anything else (TLS, a reset) just ends.
    if (status === null || !socket.writable || connections.isAnswering(socket)) socket.destroy();
    else socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });

  server.on("request", (request, response) => {
    const { socket } = request;
    // Nobody who scrapes sends requests ahead of answers, and thousands fit into one packet.
    if (connections.isAnswering(socket)) socket.destroy();
    if (socket.destroyed) return;
    connections.begin(socket, response);
    // An answer that is still being worked on is not the client's fault.
    response.setTimeout(limits.stallMs, () => {
      if (socket.writableLength > 0) socket.destroy();
    });
    const deadline = clock.setTimer(limits.responseMs, () => socket.destroy());
    response.once("close", () => {
      deadline.cancel();
      if (closing) server.closeIdleConnections();
    });
    handle(request, response);
  });

  return {
    server,
    async close(limitMs) {
      closing = true;
      const timer = clock.setTimer(limitMs, () => {
        connections.destroyAll();
      });
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      timer.cancel();
    },
  };
}

/** The status line for what the parser did not take; null for errors of the connection itself. */
function parserStatus(code: string): string | null {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return "431 Request Header Fields Too Large";
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return "408 Request Timeout";
    case "HPE_INVALID_METHOD":
      return "405 Method Not Allowed\r\nAllow: GET, HEAD";
    default:
      return code.startsWith("HPE_") ? "400 Bad Request" : null;
  }
}
