import { onTestFinished } from "vitest";
import { type ServerOptions, startServer } from "../../src/server/server.ts";
import { SampleLog, sampleReaders } from "./sample-readers.ts";

/** A server over sample readers, on a port of the loopback address; closed with the test. */
export async function sampleServer(options: Partial<ServerOptions> = {}) {
  const readers = sampleReaders();
  const log = new SampleLog();
  const server = await startServer({
    readers,
    listenAddresses: ["127.0.0.1:0"],
    telemetryPath: "/metrics",
    log,
    ...options,
    limits: { shutdownMs: 0, ...options.limits },
  });
  onTestFinished(() => server.close());
  return { server, log, port: server.addresses[0]?.port ?? 0, ...readers };
}
