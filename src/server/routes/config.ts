import type { FastifyInstance } from "fastify";
import type { Lifecycle } from "../readers.ts";
import { addRoute } from "../routing.ts";

/** The running configuration, without secrets. */
export function configRoute(app: FastifyInstance, lifecycle: Lifecycle): void {
  addRoute(app, ["GET"], "/config", (_request, reply) =>
    reply.type("text/plain; charset=utf-8").send(lifecycle.configText()),
  );
}
