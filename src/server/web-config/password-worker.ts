import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";

/** Compares passwords with bcrypt hashes, one at a time. */
export interface PasswordChecker {
  /** Null when too many are waiting already. */
  check(password: string, hash: string): Promise<boolean> | null;
  close(): Promise<void>;
}

/** Comparisons waiting at most. */
const QUEUE_LIMIT = 16;

// bcrypt takes its 70 ms and more in one piece, which would delay every probe: it has its own thread.
const program = `
const { parentPort, workerData } = require("node:worker_threads");
const { compareSync } = require(workerData);
parentPort.on("message", ({ password, hash }) => {
  parentPort.postMessage(compareSync(password, hash));
});
`;

interface Job {
  readonly password: string;
  readonly hash: string;
  readonly resolve: (matches: boolean) => void;
  readonly reject: (error: Error) => void;
}

/** A checker whose thread starts with the first password and does not keep the process alive. */
export class PasswordWorker implements PasswordChecker {
  /** The first one is being compared. */
  readonly #jobs: Job[] = [];
  #worker: Worker | null = null;

  check(password: string, hash: string): Promise<boolean> | null {
    if (this.#jobs.length >= QUEUE_LIMIT) return null;
    return new Promise((resolve, reject) => {
      this.#jobs.push({ password, hash, resolve, reject });
      if (this.#jobs.length === 1) this.#begin();
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #begin(): void {
    const job = this.#jobs[0];
    if (job === undefined) return;
    this.#worker ??= this.#start();
    this.#worker.postMessage({ password: job.password, hash: job.hash }, []);
  }

  #start(): Worker {
    const worker = new Worker(program, {
      eval: true,
      workerData: createRequire(import.meta.url).resolve("bcryptjs"),
    });
    worker.unref();
    worker.on("message", (matches: boolean) => {
      this.#jobs.shift()?.resolve(matches);
      this.#begin();
    });
    worker.on("error", (error) => {
      this.#worker = null;
      for (const job of this.#jobs.splice(0)) job.reject(error);
    });
    worker.on("exit", () => {
      this.#worker = null;
      for (const job of this.#jobs.splice(0)) job.reject(new Error("the password thread ended"));
    });
    return worker;
  }
}
