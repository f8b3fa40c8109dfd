import type { Clock, Timer } from "../../clock.ts";
import type { EventBus, NotificationError } from "../../events.ts";
import type { Notice } from "./alert-set.ts";
import { NoticeQueue } from "./notice-queue.ts";
import { postableAlerts } from "./postable-alerts.ts";
import { JsonPoster, type PostOutcome } from "./post.ts";

/** Alerts in one request at most, as Prometheus has it. */
const BATCH_SIZE = 64;
const QUEUE_CAPACITY = 10_000;

const FIRST_BACK_OFF_MS = 1000;
const LONGEST_BACK_OFF_MS = 60_000;

/** Errors that may have passed at the next try. After any other the target is well, the batch is not. */
const PASSING: ReadonlySet<NotificationError> = new Set([
  "unreachable",
  "timeout",
  "rate_limited",
  "server_error",
]);

/** What a sender is given. */
export interface SenderOptions {
  /** The Alertmanager's base URL, any path prefix included. */
  readonly url: string;
  readonly clock: Clock;
  readonly bus: EventBus;
  /** How long a firing alert lasts at the Alertmanager unless it is sent again. */
  readonly firingMs: number;
}

/**
 * Sends notices to one Alertmanager, batch by batch, with a queue of its own, so that no other one
 * waits for it. After a failure it leaves the target alone for a while, longer each time.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #queue = new NoticeQueue(QUEUE_CAPACITY);
  readonly #poster: JsonPoster;
  #sending = false;
  #backOff: Timer | null = null;
  #backOffMs = FIRST_BACK_OFF_MS;
  #stopping = false;
  #onIdle: (() => void) | null = null;

  constructor(options: SenderOptions) {
    this.#options = options;
    const url = new URL(`${options.url.replace(/\/+$/, "")}/api/v2/alerts`);
    this.#poster = new JsonPoster(url, options.clock);
  }

  /** Queues notices, and sends them as soon as the target takes them. */
  send(notices: readonly Notice[]): void {
    if (this.#stopping || notices.length === 0) return;
    this.#countDropped(this.#queue.put(notices));
    if (this.#backOff === null) this.#sendNext();
  }

  /** Sends what waits, for at most `limitMs` and up to the first failure, and closes. */
  async stop(limitMs: number): Promise<void> {
    this.#stopping = true;
    this.#backOff?.cancel();
    this.#backOff = null;
    this.#sendNext();
    if (this.#sending) {
      await new Promise<void>((resolve) => {
        const timer = this.#options.clock.setTimer(limitMs, resolve);
        this.#onIdle = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    this.#queue.take(this.#queue.size);
    this.#poster.close();
  }

  #sendNext(): void {
    if (this.#sending) return;
    if (this.#queue.size === 0) this.#onIdle?.();
    else void this.#sendBatch(this.#queue.take(BATCH_SIZE));
  }

  async #sendBatch(batch: readonly Notice[]): Promise<void> {
    const { clock, firingMs } = this.#options;
    this.#sending = true;
    const alerts = postableAlerts(batch, clock.wallMs(), firingMs);
    const outcome = await this.#poster.post(JSON.stringify(alerts));
    this.#sending = false;
    this.#settle(batch, outcome);
  }

  #settle(batch: readonly Notice[], outcome: PostOutcome): void {
    const { bus, url: alertmanager } = this.#options;
    if (outcome.ok) {
      this.#backOffMs = FIRST_BACK_OFF_MS;
      bus.emit("notification.sent", { alertmanager, alerts: batch.length });
      this.#sendNext();
      return;
    }
    const { error, detail, retryAfterMs } = outcome;
    bus.emit("notification.failed", { alertmanager, error, detail });
    if (!PASSING.has(error)) {
      this.#sendNext();
    } else if (this.#stopping) {
      this.#onIdle?.();
    } else {
      this.#countDropped(this.#queue.putBack(batch));
      this.#leaveAlone(retryAfterMs);
    }
  }

  #leaveAlone(askedMs: number | null): void {
    const delayMs = Math.min(Math.max(this.#backOffMs, askedMs ?? 0), LONGEST_BACK_OFF_MS);
    this.#backOffMs = Math.min(this.#backOffMs * 2, LONGEST_BACK_OFF_MS);
    this.#backOff = this.#options.clock.setTimer(delayMs, () => {
      this.#backOff = null;
      this.#sendNext();
    });
  }

  #countDropped(alerts: number): void {
    const { bus, url: alertmanager } = this.#options;
    if (alerts > 0) bus.emit("notification.dropped", { alertmanager, alerts });
  }
}
