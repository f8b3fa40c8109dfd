import type { FastifyInstance } from "fastify";
import type { Clock } from "../../clock.ts";
import { pathSelection } from "../path-selection.ts";
import type { ServerReaders } from "../readers.ts";
import type { ResponseGate } from "../response-gate.ts";
import { addRoute, queryParameter } from "../routing.ts";
import { statusPageParts } from "../status-page/page.ts";
import { STYLE_SOURCE } from "../status-page/style.ts";
import { holdPlace, inParts } from "../streamed.ts";

const POLICY = `default-src 'none'; style-src ${STYLE_SOURCE}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** The page for people: every path and its state. */
export function statusRoute(
  app: FastifyInstance,
  telemetryPath: string,
  { paths, lifecycle }: Pick<ServerReaders, "paths" | "lifecycle">,
  clock: Clock,
  gate: ResponseGate,
): void {
  addRoute(app, ["GET"], "/", (request, reply) => {
    const selection = pathSelection(request);
    const pageNumber = Math.max(
      1,
      Number.parseInt(queryParameter(request, "page") ?? "1", 10) || 1,
    );
    if (!holdPlace(gate, request, reply)) return reply;
    const page = {
      lifecycle,
      telemetryPath,
      views: paths.list(),
      selection,
      pageNumber,
      nowMs: clock.wallMs(),
    };
    return reply
      .type("text/html; charset=utf-8")
      .header("content-security-policy", POLICY)
      .send(inParts(statusPageParts(page)));
  });
}
