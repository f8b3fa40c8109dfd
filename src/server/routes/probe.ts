import type { FastifyInstance, FastifyRequest } from "fastify";
import { RequestError, sendBusy, sendError, sendText, type ErrorType } from "../answers.ts";
import type { Gate } from "../gate.ts";
import { debugPage } from "../probe/debug-page.ts";
import { EXPOSITION_TYPE, expositionText } from "../probe/exposition-text.ts";
import { probeFamilies } from "../probe/probe-families.ts";
import type { Prober, ProbeRefusal, ProbeRequest } from "../readers.ts";
import { addRoute, queryParameter } from "../routing.ts";
import { scrapeTimeoutMs } from "../scrape-timeout.ts";

const errorTypes: Readonly<Record<ProbeRefusal, ErrorType>> = {
  unknown_module: "bad_data",
  bad_target: "bad_data",
  bad_source: "bad_data",
  not_allowed: "forbidden",
  overloaded: "unavailable",
};

/**
 * One probe on demand, in blackbox_exporter's dialect. A probe that fails is an answer like any
 * other; one that the agent could not carry out is 503, so that `up` says so and not the target.
 */
export function probeRoute(app: FastifyInstance, prober: Prober, gate: Gate): void {
  addRoute(app, ["GET"], "/probe", async (request, reply) => {
    const wanted = probeRequest(request);
    const debug = queryParameter(request, "debug") === "true";
    const leave = gate.enter();
    if (leave === null) return sendBusy(request, reply, "too many probes are under way");

    const answer = await prober.probe(wanted).finally(leave);
    if (!answer.ok) return sendError(request, reply, errorTypes[answer.error], answer.message);

    const { result } = answer;
    const metrics = expositionText(probeFamilies(result, answer.facts));
    if (debug) return sendText(reply, 200, debugPage(answer.prober, result, metrics));
    if (result.outcome === "inconclusive") {
      const { phase = "", reason = "" } = result.failure ?? {};
      return sendText(reply, 503, `the probe was inconclusive: ${phase} ${reason}`);
    }
    return reply.type(EXPOSITION_TYPE).send(metrics);
  });
}

function probeRequest(request: FastifyRequest): ProbeRequest {
  const target = queryParameter(request, "target");
  const module = queryParameter(request, "module");
  const source = queryParameter(request, "source");
  if (target === undefined) throw new RequestError("bad_data", "the parameter target is missing");
  if (module === undefined) throw new RequestError("bad_data", "the parameter module is missing");
  return {
    target,
    module,
    ...(source === undefined ? {} : { source }),
    timeoutMs: scrapeTimeoutMs(request.headers["x-prometheus-scrape-timeout-seconds"]),
  };
}
