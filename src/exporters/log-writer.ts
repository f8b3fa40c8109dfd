import { constants, fstatSync, openSync, write, writeSync } from "node:fs";
import { isatty } from "node:tty";
import type { Clock } from "../clock.ts";

/** How long a reader that takes nothing is left alone before the next try. */
const RETRY_MS = 50;

/** Errors that pass: the reader is slow, or the disk is full. After any other nobody reads. */
const PASSING: ReadonlySet<string> = new Set(["EAGAIN", "ENOSPC", "EDQUOT"]);

/** Where lines go, and what is done for a reader that is slower than the agent. */
export interface LogWriterOptions {
  readonly fd: number;
  /** Bytes held at most for a slow reader; what comes on top is dropped and counted. */
  readonly bufferBytes: number;
  readonly clock: Clock;
  /** The reader is back after `lines` were dropped. */
  readonly onCaughtUp: (lines: number) => void;
}

/**
 * Writes lines to a file descriptor without ever waiting for its reader, neither while the agent
 * runs nor when it exits (a library that writes what is left at exit waits for ever on a full pipe).
 */
export class LogWriter {
  readonly #options: LogWriterOptions;
  readonly #fd: number;
  #pending: string[] = [];
  /** Bytes in `#pending` and in the write under way. */
  #heldBytes = 0;
  #writing = false;
  #ended = false;
  #droppedLines = 0;
  #droppedSinceCaughtUp = 0;
  #onIdle: (() => void) | null = null;

  constructor(options: LogWriterOptions) {
    this.#options = options;
    this.#fd = nonBlocking(options.fd);
  }

  /** Lines lost to a slow or vanished reader. */
  get droppedLines(): number {
    return this.#droppedLines;
  }

  write(line: string): void {
    const bytes = Buffer.byteLength(line);
    if (this.#ended || this.#heldBytes + bytes > this.#options.bufferBytes) {
      this.#droppedLines += 1;
      this.#droppedSinceCaughtUp += 1;
      return;
    }
    this.#pending.push(line);
    this.#heldBytes += bytes;
    if (!this.#writing) this.#writePending();
  }

  /** The end: resolves when all is written or after `limitMs`; nothing is written from then on. */
  async end(limitMs: number): Promise<void> {
    if (this.#writing) {
      await new Promise<void>((resolve) => {
        const timer = this.#options.clock.setTimer(limitMs, resolve);
        this.#onIdle = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    this.#giveUp();
  }

  /** Writes what is held as far as the reader takes it at once: for the last moment of a process. */
  flushSync(): void {
    try {
      for (let line = this.#pending.shift(); line !== undefined; line = this.#pending.shift()) {
        writeSync(this.#fd, line);
      }
    } catch {
      this.#giveUp();
    }
  }

  #writePending(): void {
    this.#writing = true;
    const chunk = Buffer.from(this.#pending.join(""));
    this.#pending = [];
    this.#writeChunk(chunk);
  }

  #writeChunk(chunk: Buffer): void {
    write(this.#fd, chunk, (error, written) => {
      if (error === null) {
        this.#heldBytes -= written;
        if (written < chunk.length) this.#writeChunk(chunk.subarray(written));
        else this.#onWritten();
      } else if (PASSING.has(error.code ?? "")) {
        this.#options.clock.setTimer(RETRY_MS, () => {
          if (!this.#ended) this.#writeChunk(chunk);
        });
      } else {
        this.#giveUp();
      }
    });
  }

  #onWritten(): void {
    if (this.#pending.length === 0 && this.#droppedSinceCaughtUp > 0) {
      const lines = this.#droppedSinceCaughtUp;
      this.#droppedSinceCaughtUp = 0;
      this.#options.onCaughtUp(lines);
    }
    if (this.#pending.length > 0) this.#writePending();
    else this.#becomeIdle();
  }

  #becomeIdle(): void {
    this.#writing = false;
    this.#onIdle?.();
  }

  #giveUp(): void {
    this.#ended = true;
    this.#pending = [];
    this.#becomeIdle();
  }
}

/**
 * The same pipe or terminal opened once more, so that a write never waits for its reader: one that
 * waits would hold the process at exit. Other files keep their descriptor, and with it their offset.
 */
function nonBlocking(fd: number): number {
  if (!isatty(fd) && !fstatSync(fd).isFIFO()) return fd;
  const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
  try {
    return openSync(`/proc/self/fd/${fd}`, flags);
  } catch {
    return fd;
  }
}
