import { connect, createServer } from "node:net";

// Every test file runs in a process of its own: the process id keeps two runs on one machine apart.
const network = `127.${16 + (Math.floor(process.pid / 256) % 200)}.${process.pid % 256}`;
let taken = 0;

/** An address of the loopback network that nothing else in this run has. */
export function loopbackAddress(): string {
  taken += 1;
  return `${network}.${taken}`;
}

function canListen(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(false);
    });
    server.listen({ host: address, port, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/**
 * The port on which the servers of the tests speak SMTP: 25 as everywhere, or 2525 on a machine
 * whose own MTA holds port 25 on all addresses.
 */
export async function smtpPort(): Promise<number> {
  return (await canListen(`${network}.254`, 25)) ? 25 : 2525;
}

/** A port of 127.0.0.1 that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error("no free port"));
      });
    });
  });
}

/** Whether a connection to the port is accepted. */
export function isListening(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}
