import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Clock } from "../../clock.ts";
import type { NotificationError } from "../../events.ts";
import { printable } from "../../printable.ts";

/** No answer within this is none. */
const TIMEOUT_MS = 10_000;

/** What is read of an answer at most. */
const ANSWER_LIMIT_BYTES = 64 * 1024;

/** What became of a request. */
export type PostOutcome =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly error: NotificationError;
      /** One printable line for people. */
      readonly detail: string;
      /** How long the target asks to be left alone; null when it does not say. */
      readonly retryAfterMs: number | null;
    };

/**
 * Posts JSON to one URL; follows no redirect and reads no endless answer. Every request has its own
 * connection: one that idles for a minute is as likely closed by the time it is used again.
 */
export class JsonPoster {
  readonly #url: URL;
  readonly #clock: Clock;
  readonly #agent: HttpAgent;

  constructor(url: URL, clock: Clock) {
    this.#url = url;
    this.#clock = clock;
    this.#agent = url.protocol === "https:" ? new HttpsAgent() : new HttpAgent();
  }

  /** Never rejects. */
  post(body: string): Promise<PostOutcome> {
    return new Promise((resolve) => {
      const send = this.#url.protocol === "https:" ? httpsRequest : httpRequest;
      const request = send(this.#url, {
        method: "POST",
        agent: this.#agent,
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          "user-agent": "mta-exporter",
        },
      });
      const settle = (outcome: PostOutcome): void => {
        timer.cancel();
        resolve(outcome);
      };
      const timer = this.#clock.setTimer(TIMEOUT_MS, () => {
        settle(failure("timeout", `no answer within ${TIMEOUT_MS / 1000} s`));
        request.destroy();
      });
      request.on("error", (error: NodeJS.ErrnoException) => {
        settle(failure("unreachable", printable(error.code ?? error.message)));
      });
      request.on("response", (response) => {
        readAnswer(response, (text) => {
          settle(judge(response, text, this.#clock.wallMs()));
        });
      });
      request.end(body);
    });
  }

  /** Breaks off the request under way, if any. */
  close(): void {
    this.#agent.destroy();
  }
}

function readAnswer(response: IncomingMessage, done: (text: string) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const finish = (): void => {
    done(Buffer.concat(chunks).toString("utf8"));
  };
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > ANSWER_LIMIT_BYTES) response.destroy();
  });
  response.on("error", finish);
  response.on("close", finish);
}

function judge(response: IncomingMessage, text: string, nowMs: number): PostOutcome {
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return { ok: true };
  const detail = printable(`${status} ${text.trim()}`);
  const retryAfterMs = parseRetryAfter(response.headers["retry-after"], nowMs);
  return { ...failure(errorOf(status), detail), retryAfterMs };
}

function errorOf(status: number): NotificationError {
  if (status >= 500) return "server_error";
  if (status === 429) return "rate_limited";
  return status >= 300 && status < 400 ? "redirected" : "rejected";
}

function failure(error: NotificationError, detail: string): Extract<PostOutcome, { ok: false }> {
  return { ok: false, error, detail, retryAfterMs: null };
}

/** Retry-After: seconds or a date (RFC 9110, 10.2.3). */
function parseRetryAfter(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
