import type { FastifyInstance } from "fastify";
import { sendText } from "../answers.ts";
import type { Lifecycle } from "../readers.ts";
import { addRoute } from "../routing.ts";

/** Whether the process answers at all, and whether what it shows is complete yet. */
export function healthRoutes(app: FastifyInstance, lifecycle: Lifecycle): void {
  addRoute(app, ["GET"], "/-/healthy", (_request, reply) =>
    sendText(reply, 200, "mta-exporter is healthy."),
  );
  addRoute(app, ["GET"], "/-/ready", (_request, reply) =>
    lifecycle.ready()
      ? sendText(reply, 200, "mta-exporter is ready.")
      : sendText(reply, 503, "mta-exporter is not ready: the first round of probes is under way."),
  );
}
