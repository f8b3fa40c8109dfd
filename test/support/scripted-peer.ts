import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import tls, { type SecureVersion, type TLSSocket } from "node:tls";
import type { Issued } from "./certificates.ts";

/** One thing that a scripted peer does on a connection; the next one follows when it is done. */
export type Step = (session: PeerSession) => void | Promise<void>;

/** TLS as a scripted peer offers it. */
export interface PeerTls {
  readonly certificate: Issued;
  /** Certificates that are sent after its own, each signing the one before. */
  readonly chain?: readonly Issued[];
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
  /** Refuses a client that shows no certificate. */
  readonly demandsCertificate?: boolean;
}

/** How a connection ended as the peer saw it: by the other side's FIN or reset, or by itself. */
export type Ending = "fin" | "reset" | "itself";

/** Thrown inside a script whose connection is gone, to end it. */
export class Gone extends Error {
  override readonly name = "Gone";
}

/** One connection of a scripted peer, as its steps see it. */
export class PeerSession {
  /** Lines that the other side has sent, without their ends. */
  readonly heard: string[] = [];
  readonly ended: Promise<Ending>;
  /** Where the other side came from. */
  readonly caller: { readonly address: string; readonly port: number };
  readonly socket: net.Socket;
  #stream: net.Socket;
  #inbox = "";
  #taken = 0;
  #ending: Ending | null = null;
  #onLine: (() => void) | null = null;
  #onEnd: (ending: Ending) => void = () => {};

  constructor(socket: net.Socket) {
    this.socket = socket;
    this.#stream = socket;
    this.caller = { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
    this.ended = new Promise((resolve) => {
      this.#onEnd = resolve;
    });
    this.#watch(socket);
  }

  /** What is written to: the socket, or the TLS session on it. */
  get stream(): net.Socket {
    if (this.#ending !== null) throw new Gone();
    return this.#stream;
  }

  /** The next line that the other side sends. */
  async line(): Promise<string> {
    if (this.heard.length <= this.#taken) {
      if (this.#ending !== null) throw new Gone();
      await new Promise<void>((resolve) => {
        this.#onLine = resolve;
      });
    }
    const line = this.heard[this.#taken];
    if (line === undefined) throw new Gone();
    this.#taken++;
    return line;
  }

  /** Reads nothing more: what the other side sends fills the buffers and then stays with it. */
  stopReading(): void {
    this.#stream.pause();
  }

  /** Takes the server's part in a handshake. Resolves when it is over, one way or the other. */
  async startTls(offer: PeerTls): Promise<void> {
    this.socket.removeAllListeners("data");
    const { certificate, chain = [], minVersion, maxVersion, demandsCertificate = false } = offer;
    const secured = new tls.TLSSocket(this.socket, {
      isServer: true,
      cert: [certificate, ...chain].map(({ cert }) => cert).join(""),
      key: certificate.key,
      requestCert: demandsCertificate,
      rejectUnauthorized: demandsCertificate,
      ciphers: "DEFAULT:@SECLEVEL=0",
      ...(minVersion === undefined ? {} : { minVersion }),
      ...(maxVersion === undefined ? {} : { maxVersion }),
    });
    this.#stream = secured;
    this.#watch(secured);
    await handshake(secured);
  }

  /** Asks for another handshake inside TLS. Resolves when it is over. */
  async renegotiate(): Promise<void> {
    const { stream } = this;
    if (!(stream instanceof tls.TLSSocket)) return;
    const over = new Promise((resolve) => {
      stream.renegotiate({}, resolve);
    });
    await Promise.race([over, this.ended]);
  }

  #watch(stream: net.Socket): void {
    stream.on("data", (octets: Buffer) => {
      const parts = (this.#inbox + octets.toString("latin1")).split("\r\n");
      this.#inbox = parts.pop() ?? "";
      this.heard.push(...parts);
      if (parts.length > 0) this.#onLine?.();
    });
    stream.on("end", () => {
      this.#end("fin");
    });
    stream.on("error", (error: NodeJS.ErrnoException) => {
      this.#end(error.code === "ECONNRESET" || error.code === "EPIPE" ? "reset" : "itself");
    });
    stream.on("close", () => {
      this.#end("itself");
    });
  }

  #end(ending: Ending): void {
    this.#ending ??= ending;
    this.#onLine?.();
    this.#onEnd(this.#ending);
    this.socket.destroy();
  }
}

async function handshake(secured: TLSSocket): Promise<void> {
  await new Promise<void>((resolve) => {
    secured.once("secure", resolve);
    secured.once("error", () => {
      resolve();
    });
    secured.once("close", () => {
      resolve();
    });
  });
}

/** A server on a port of its own that plays a script to each connection. */
export class ScriptedPeer {
  readonly port: number;
  readonly sessions: PeerSession[] = [];
  readonly #server: net.Server;

  private constructor(server: net.Server, script: readonly Step[]) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on("connection", (socket) => {
      const session = new PeerSession(socket);
      this.sessions.push(session);
      void play(script, session);
    });
  }

  /** Listens on a free port of `host`. */
  static async listen(script: readonly Step[], host = "127.0.0.1"): Promise<ScriptedPeer> {
    const server = net.createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(0, host);
    await once(server, "listening");
    return new ScriptedPeer(server, script);
  }

  /** How each connection ended, once all of them have. */
  async endings(): Promise<Ending[]> {
    for (const { socket } of this.sessions) socket.resume();
    return Promise.all(this.sessions.map(async ({ ended }) => ended));
  }

  /** Ends what is left and frees the port. */
  async close(): Promise<void> {
    for (const { socket } of this.sessions) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

async function play(script: readonly Step[], session: PeerSession): Promise<void> {
  const [step, ...rest] = script;
  if (step === undefined) return;
  try {
    await step(session);
  } catch (error) {
    if (error instanceof Gone) return;
    throw error;
  }
  await play(rest, session);
}
