import { PassThrough, Readable } from "node:stream";
import { constants, createGzip } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { prefersGzip } from "../accept-encoding.ts";
import type { MetricsReader } from "../readers.ts";
import type { ResponseGate } from "../response-gate.ts";
import { addRoute } from "../routing.ts";
import { holdPlace } from "../streamed.ts";

const CHUNK_BYTES = 64 * 1024;

/** The exposition, streamed, and compressed where the client wants that. */
export function metricsRoute(
  app: FastifyInstance,
  telemetryPath: string,
  metrics: MetricsReader,
  gate: ResponseGate,
): void {
  addRoute(app, ["GET"], telemetryPath, (request, reply) => {
    if (!holdPlace(gate, request, reply)) return reply;
    const gzip = prefersGzip(request.headers["accept-encoding"]?.toString());
    const contentType = metrics.contentType(request.headers.accept);
    reply.header("content-type", contentType).header("vary", "Accept, Accept-Encoding");
    if (gzip) reply.header("content-encoding", "gzip");
    if (request.method === "HEAD") return reply.send(Readable.from([]));

    const body = gzip
      ? createGzip({ level: constants.Z_BEST_SPEED, chunkSize: CHUNK_BYTES })
      : new PassThrough({ highWaterMark: CHUNK_BYTES });
    metrics.writeTo(body, contentType).then(
      () => body.end(),
      (error: unknown) => body.destroy(error instanceof Error ? error : new Error(String(error))),
    );
    return reply.send(body);
  });
}
