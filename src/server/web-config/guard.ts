import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../../clock.ts";
import { sendBusy, sendError } from "../answers.ts";
import { BasicAuth } from "./basic-auth.ts";
import type { LiveWebConfig } from "./live-web-config.ts";
import type { PasswordChecker } from "./password-worker.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Stands before every route and lets in whom the web configuration file lets in. */
export class WebGuard {
  readonly #config: LiveWebConfig;
  readonly #auth: BasicAuth;
  readonly #bucket: TokenBucket;

  constructor(config: LiveWebConfig, passwords: PasswordChecker, clock: Clock) {
    this.#config = config;
    this.#auth = new BasicAuth(passwords);
    this.#bucket = new TokenBucket(clock);
  }

  /** Headers that the file adds to every response. */
  headers(): Readonly<Record<string, string>> {
    return this.#config.lastGood.headers;
  }

  /** Adds itself before the routes that are added afterwards. */
  attach(app: FastifyInstance): void {
    app.addHook("onRequest", async (request, reply) => this.#judge(request, reply));
  }

  async #judge(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
    const config = this.#config.current();
    if (config === null) {
      return sendError(request, reply, "internal", "the web configuration is broken");
    }
    if (!this.#bucket.take(config.rateLimit)) {
      return sendError(request, reply, "unavailable", "too many requests", 429);
    }
    if (config.users.size === 0) return undefined;
    const verdict = await this.#auth.judge(config.users, request.headers.authorization);
    if (verdict === "allowed") return undefined;
    if (verdict === "busy") return sendBusy(request, reply, "too many logins are under way");
    reply.header("www-authenticate", 'Basic realm="mta-exporter", charset="UTF-8"');
    return sendError(request, reply, "unauthorized", "a user name and its password are needed");
  }
}
