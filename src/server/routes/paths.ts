import type { FastifyInstance } from "fastify";
import { sendData, sendError } from "../answers.ts";
import { pathDetailJson, pathJson } from "../path-json.ts";
import { pathSelection, selectPaths } from "../path-selection.ts";
import type { PathView, PathsReader } from "../readers.ts";
import type { ResponseGate } from "../response-gate.ts";
import { addRoute } from "../routing.ts";
import { holdPlace, inParts } from "../streamed.ts";

const PATHS_A_PART = 100;

/** The paths and their state, and one path with its history. */
export function pathsRoutes(app: FastifyInstance, paths: PathsReader, gate: ResponseGate): void {
  addRoute(app, ["GET"], "/api/v1/paths", (request, reply) => {
    const selection = pathSelection(request);
    if (!holdPlace(gate, request, reply)) return reply;
    return reply
      .type("application/json; charset=utf-8")
      .send(inParts(listJson(selectPaths(paths.list(), selection))));
  });

  addRoute(app, ["GET"], "/api/v1/paths/:id", (request, reply) => {
    const detail = paths.find((request.params as { readonly id: string }).id);
    if (detail === undefined) {
      return sendError(request, reply, "not_found", "there is no path with this id");
    }
    return sendData(reply, pathDetailJson(detail));
  });
}

function* listJson(views: readonly PathView[]): Generator<string> {
  yield '{"status":"success","data":{"paths":[';
  for (let start = 0; start < views.length; start += PATHS_A_PART) {
    const part = views
      .slice(start, start + PATHS_A_PART)
      .map((view) => JSON.stringify(pathJson(view)));
    yield (start === 0 ? "" : ",") + part.join(",");
  }
  yield "]}}\n";
}
