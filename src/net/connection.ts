import type { Writable } from "node:stream";
import type { Timer, TimerQueue } from "../clock.ts";
import { ProbeFailure } from "../errors.ts";
import { isLocalAddress } from "./local-addresses.ts";
import { ReusableSocket, type SocketUser } from "./reusable-socket.ts";
import { socketVerdict } from "./socket-errors.ts";
import type { SourcePorts } from "./source-ports.ts";
import { TlsSession, type TlsFacts, type TlsRequest } from "./tls.ts";

/** Takes a connection's octets as they come; the buffer is only lent for the call. */
export interface OctetReader {
  push(octets: Buffer): void;
  /** Whether what is waited for is complete. */
  readonly ready: boolean;
}

/** What a connection is dialled with, and what it may cost. */
export interface ConnectionOptions {
  readonly address: string;
  readonly port: number;
  /** The address to leave from; null leaves it to the kernel. */
  readonly source: string | null;
  readonly ports: SourcePorts;
  /** Octets read from the other side at most. */
  readonly byteLimit: number;
  readonly timers: TimerQueue;
  readonly now: () => number;
  /** Called right before the connect system call, after the source is bound. */
  readonly onAttempt: () => void;
}

/** How long a connection that is done with waits for the other side's FIN before it resets. */
const FIN_WAIT_MS = 500;

/** Ports tried before the source counts as exhausted. */
const PORT_ATTEMPTS = 64;

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * A TCP connection as probes use it: leaves from the right source, is bounded in octets, waits for
 * one thing at a time, and fails with what the system call said. It never outlives its probe by
 * more than the wait for the other side's FIN. What its socket tells it comes by the `on` methods.
 */
export class Connection implements SocketUser {
  readonly #options: ConnectionOptions;
  #socket: ReusableSocket | null = null;
  #tls: TlsSession | null = null;
  #waiter: Waiter | null = null;
  #failure: Error | null = null;
  #reader: OctetReader | null = null;
  #early: Buffer[] = [];
  #received = 0;
  #attempts = 0;
  #portWasTaken = false;
  #connected = false;
  #localAddress: string;
  #ended = false;
  #onClosed: (() => void) | null = null;
  #parting: "reset" | "await" | "first" = "reset";
  #farewell = "";
  #finTimer: Timer | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#localAddress = options.source ?? "";
  }

  /** The address it leaves from; empty while it is not open and the kernel has to choose. */
  get localAddress(): string {
    return this.#localAddress;
  }

  /** Dials. Fails as a `ProbeFailure`, in phase `source` where binding is to blame. */
  open(): Promise<void> {
    if (this.#failure === null) this.#dial();
    return this.#wait();
  }

  /** Gives the octets that come from now on to a reader, first those that came before it. */
  attach(reader: OctetReader): void {
    this.#reader = reader;
    const early = this.#early;
    this.#early = [];
    for (const octets of early) this.#deliver(octets);
  }

  /** Resolves when the reader is ready; rejects when it throws or the connection fails or ends. */
  arrival(): Promise<void> {
    if (this.#reader?.ready === true) return Promise.resolve();
    if (this.#ended) this.fail(closed());
    return this.#wait();
  }

  /** Sends text, one octet a character. */
  write(text: string): void {
    this.#transport?.write(text, "latin1");
  }

  /** Starts TLS as a client. What is read and written from then on is inside it. */
  async secure(request: TlsRequest): Promise<TlsFacts> {
    if (this.#failure !== null) throw this.#failure;
    const socket = this.#socket;
    if (socket === null) throw closed();
    // The session may have something to write when the socket is already closed.
    socket.retire();
    this.#reader = null;
    const handshake = this.#wait();
    let facts: TlsFacts | null = null;
    this.#tls = new TlsSession(socket.stream, request, {
      secured: (learnt) => {
        facts = learnt;
        this.#settle();
      },
      octets: (octets) => {
        this.#read(octets);
      },
      ended: () => {
        this.#onLastOctet();
      },
      failed: (error) => {
        this.fail(error);
      },
    });
    await handshake;
    if (facts === null) throw new ProbeFailure("tls_handshake_failed", "no handshake");
    return facts;
  }

  /** Ends what is waited for, now or next, with an error. The first one stays. */
  fail(error: Error): void {
    this.#failure ??= error;
    const waiter = this.#waiter;
    this.#waiter = null;
    waiter?.reject(this.#failure);
  }

  /** Lets the other side close first: `close` sends `farewell` and waits for its FIN. */
  awaitClose(farewell = ""): void {
    this.#parting = "await";
    this.#farewell = farewell;
  }

  /** Closes first where the protocol has no goodbye: `close` sends a FIN and waits for the other. */
  closeFirst(): void {
    this.#parting = "first";
  }

  /** Closes in the background, by a reset unless told otherwise; calls back when nothing is left. */
  close(onClosed: () => void): void {
    const socket = this.#socket;
    this.#waiter = null;
    this.#reader = null;
    this.#early = [];
    if (socket === null || socket.stream.destroyed) {
      this.#tls?.destroy();
      onClosed();
      return;
    }
    this.#onClosed = onClosed;
    if (this.#ended || !this.#connected) {
      this.#destroy();
      return;
    }
    if (this.#parting === "reset") {
      this.#reset();
      return;
    }
    if (this.#parting === "first") this.#transport?.end();
    else if (this.#farewell !== "") this.write(this.#farewell);
    this.#finTimer = this.#options.timers.at(this.#options.now() + FIN_WAIT_MS, () => {
      this.#reset();
    });
  }

  get #transport(): Writable | null {
    return this.#tls?.stream ?? this.#socket?.stream ?? null;
  }

  #wait(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
    });
  }

  #settle(): void {
    const waiter = this.#waiter;
    this.#waiter = null;
    waiter?.resolve();
  }

  #dial(): void {
    const { address: host, port, source, ports } = this.#options;
    this.#attempts++;
    this.#portWasTaken = false;
    // No spread: it makes objects of ever new shapes, and whoever reads them slow.
    const options =
      source === null
        ? { host, port }
        : { host, port, localAddress: source, localPort: ports.next(source) };
    this.#socket = ReusableSocket.dial(this, options);
  }

  onAttempt(): void {
    this.#options.onAttempt();
  }

  onConnect(): void {
    this.#connected = true;
    if (this.#options.source === null) {
      this.#localAddress = this.#socket?.stream.localAddress ?? "";
    }
    this.#settle();
  }

  onError(error: NodeJS.ErrnoException): void {
    const code = error.code ?? "";
    const syscall = error.syscall ?? (this.#connected ? "read" : "connect");
    const { source, ports } = this.#options;
    if (code === "ECONNRESET" && !this.#connected) {
      // Connecting ends in a refusal or succeeds: this reset came right after it.
      this.#connected = true;
      this.#settle();
    }
    if (!this.#connected && source !== null && portTaken(code, syscall)) {
      this.#portWasTaken = true;
      if (this.#attempts < Math.min(PORT_ATTEMPTS, ports.size)) return;
      const tried = `${this.#attempts} ports tried`;
      this.fail(new ProbeFailure("ports_exhausted", tried, null, "source"));
      return;
    }
    const missing = syscall === "connect" && source !== null && !isLocalAddress(source);
    const verdict = socketVerdict(code, syscall, missing);
    this.fail(new ProbeFailure(verdict.reason, `${syscall} ${code}`, null, verdict.phase));
  }

  onOctets(octets: Buffer): void {
    const left = this.#options.byteLimit - this.#received;
    this.#received += octets.length;
    // What is within the limit is read first, so that the verdict does not hang on the segments.
    const within = octets.length > left ? octets.subarray(0, left) : octets;
    if (this.#tls === null) this.#read(within);
    else this.#tls.receive(within);
    if (octets.length <= left) return;
    this.#reset();
    const limit = `more than ${this.#options.byteLimit} octets`;
    // TLS takes a few ticks to say what was wrong with them.
    setImmediate(() => {
      this.fail(new ProbeFailure("limit_exceeded", limit));
    });
  }

  onEnd(): void {
    if (this.#tls === null) this.#onLastOctet();
    else this.#tls.receiveEnd();
  }

  onClose(): void {
    this.#socket = null;
    if (this.#portWasTaken && this.#waiter !== null) {
      this.#dial();
      return;
    }
    this.#finTimer?.cancel();
    const onClosed = this.#onClosed;
    this.#onClosed = null;
    onClosed?.();
  }

  #read(octets: Buffer): void {
    if (this.#onClosed !== null) return;
    if (this.#reader === null) this.#early.push(Buffer.from(octets));
    else this.#deliver(octets);
  }

  #deliver(octets: Buffer): void {
    const reader = this.#reader;
    if (reader === null || this.#failure !== null) return;
    try {
      reader.push(octets);
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (reader.ready) this.#settle();
  }

  #onLastOctet(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#onClosed !== null) this.#destroy();
    else if (this.#waiter !== null) this.fail(closed());
  }

  #destroy(): void {
    this.#tls?.destroy();
    this.#socket?.stream.destroy();
  }

  #reset(): void {
    const stream = this.#socket?.stream;
    if (stream?.destroyed === false) {
      // While its FIN is still on the way out a socket cannot be reset, and would never close.
      if (stream.writableEnded && !stream.writableFinished) stream.destroy();
      else stream.resetAndDestroy();
    }
    this.#tls?.destroy();
  }
}

function portTaken(code: string, syscall: string): boolean {
  return (
    (code === "EADDRINUSE" && (syscall === "bind" || syscall === "connect")) ||
    (code === "EADDRNOTAVAIL" && syscall === "connect")
  );
}

function closed(): ProbeFailure {
  return new ProbeFailure("connection_closed", "the other side closed the connection");
}
