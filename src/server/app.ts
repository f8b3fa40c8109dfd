import { fastify, type FastifyError, type FastifyInstance, type FastifyReply } from "fastify";
import type { Clock } from "../clock.ts";
import { RequestError, sendError } from "./answers.ts";
import { Gate } from "./gate.ts";
import type { ServerLimits } from "./limits.ts";
import type { ServerLog, ServerReaders } from "./readers.ts";
import { ResponseGate } from "./response-gate.ts";
import { configRoute } from "./routes/config.ts";
import { healthRoutes } from "./routes/health.ts";
import { metricsRoute } from "./routes/metrics.ts";
import { pathsRoutes } from "./routes/paths.ts";
import { probeRoute } from "./routes/probe.ts";
import { reloadRoute } from "./routes/reload.ts";
import { statusRoute } from "./routes/status.ts";
import type { WebGuard } from "./web-config/guard.ts";

export interface AppOptions {
  /** Where the metrics are, for example `/metrics`; checked by the caller. */
  readonly telemetryPath: string;
  readonly log: ServerLog;
  readonly clock: Clock;
  readonly limits: ServerLimits;
  /** Who may come in; null lets everyone in. */
  readonly guard: WebGuard | null;
}

/** All routes on one Fastify instance that listens nowhere; ready for `inject` and `routing`. */
export async function buildApp(
  { metrics, paths, prober, lifecycle }: ServerReaders,
  { limits, guard, telemetryPath, clock, log }: AppOptions,
): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: limits.bodyBytes,
    // Anything that is no valid address at all does not reach the routes and their hooks.
    frameworkErrors: (error, request, reply) => {
      addHeaders(reply, guard);
      void sendError(request, reply, "bad_data", "not a valid address", error.statusCode);
    },
  });

  guard?.attach(app);
  // In a hook, so that no body is read first.
  app.addHook("onRequest", async (request, reply) => {
    if (request.is404) return sendError(request, reply, "not_found", "no such page");
    return undefined;
  });
  app.addHook("onSend", async (_request, reply) => {
    addHeaders(reply, guard);
  });
  refuseBodies(app);
  answerErrors(app, log);

  const pages = new ResponseGate(limits.pagesInFlight, clock);
  metricsRoute(app, telemetryPath, metrics, new ResponseGate(limits.metricsInFlight, clock));
  if (telemetryPath !== "/") statusRoute(app, telemetryPath, { paths, lifecycle }, clock, pages);
  probeRoute(app, prober, new Gate(limits.probesInFlight));
  healthRoutes(app, lifecycle);
  reloadRoute(app, lifecycle);
  configRoute(app, lifecycle);
  pathsRoutes(app, paths, pages);
  await app.ready();
  return app;
}

/** Headers of every response; what the operator configured comes last and holds. */
function addHeaders(reply: FastifyReply, guard: WebGuard | null): void {
  reply.header("x-content-type-options", "nosniff").header("cache-control", "no-store");
  if (!reply.hasHeader("content-security-policy")) {
    reply.header("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
  }
  if (guard !== null) reply.headers(guard.headers());
}

/** No route reads a body: a small one of any type is taken and forgotten, a larger one is 413. */
function refuseBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, _body, done) => {
    done(null);
  });
}

function answerErrors(app: FastifyInstance, log: ServerLog): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    reply.removeHeader("content-encoding");
    if (error instanceof RequestError) {
      return sendError(request, reply, error.errorType, error.message);
    }
    const status = error.statusCode ?? 500;
    if (status < 500) return sendError(request, reply, "bad_data", "bad request", status);
    log.error({ err: error, route: request.routeOptions.url }, "a request failed");
    return sendError(request, reply, "internal", "internal error; the log says more", status);
  });
}
