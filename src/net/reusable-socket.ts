import net from "node:net";

/** Whom a socket serves, from being dialled to being closed. */
export interface SocketUser {
  /** Right before the connect system call, after the source is bound. */
  onAttempt(): void;
  onConnect(): void;
  /** The buffer is only lent for the call. */
  onOctets(octets: Buffer): void;
  onEnd(): void;
  onError(error: NodeJS.ErrnoException): void;
  /** Nothing is left of the connection, and nothing more is told of it. */
  onClose(): void;
}

/** One buffer for all: the callback that reads it is synchronous. */
const readBuffer = Buffer.allocUnsafeSlow(65_536);

/** Closed sockets that wait for their next user. */
const idle: ReusableSocket[] = [];
const IDLE_LIMIT = 256;

/**
 * A TCP socket that serves one user after the other. To make a socket with its streams and
 * listeners costs a probe more time than all else that it does outside the kernel, and Node.js lets
 * a socket connect again once it has emitted `close`. One that failed is not used again, nor one
 * that is retired.
 */
export class ReusableSocket {
  readonly stream: net.Socket;
  #user: SocketUser | null;
  #isReusable = true;

  private constructor(user: SocketUser, options: net.TcpSocketConnectOpts) {
    this.#user = user;
    this.stream = net.connect({
      ...options,
      allowHalfOpen: true,
      onread: {
        buffer: readBuffer,
        callback: (length) => {
          this.#user?.onOctets(readBuffer.subarray(0, length));
          return true;
        },
      },
    });
    this.stream.on("connectionAttempt", () => this.#user?.onAttempt());
    this.stream.on("connect", () => this.#user?.onConnect());
    this.stream.on("end", () => this.#user?.onEnd());
    this.stream.on("error", (error) => {
      this.#isReusable = false;
      this.#user?.onError(error);
    });
    this.stream.on("close", () => {
      this.#release();
    });
  }

  /** Connects a socket for a user, from the address and port that the options name. */
  static dial(user: SocketUser, options: net.TcpSocketConnectOpts): ReusableSocket {
    const socket = idle.pop();
    if (socket === undefined) return new ReusableSocket(user, options);
    socket.#user = user;
    socket.stream.connect(options);
    return socket;
  }

  /** Keeps the socket from being used again: something else holds it too. */
  retire(): void {
    this.#isReusable = false;
  }

  #release(): void {
    const user = this.#user;
    this.#user = null;
    if (this.#isReusable && idle.length < IDLE_LIMIT) idle.push(this);
    user?.onClose();
  }
}
