import type { FastifyInstance } from "fastify";
import { sendError, sendText } from "../answers.ts";
import { isCrossSite } from "../cross-site.ts";
import type { Lifecycle } from "../readers.ts";
import { addRoute } from "../routing.ts";

/** Loads the configuration again, for programs and for a page of this host. */
export function reloadRoute(app: FastifyInstance, lifecycle: Lifecycle): void {
  addRoute(app, ["POST", "PUT"], "/-/reload", async (request, reply) => {
    if (isCrossSite(request.headers)) {
      return sendError(request, reply, "forbidden", "a page of another site may not do this");
    }
    const answer = await lifecycle.reload();
    if (answer.ok) return sendText(reply, 200, "configuration reloaded");
    const errors = ["configuration not reloaded, the running one stays:", ...answer.errors];
    return sendText(reply, 500, errors.join("\n"));
  });
}
