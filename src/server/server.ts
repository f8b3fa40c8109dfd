import type { AddressInfo } from "node:net";
import { type Clock, systemClock } from "../clock.ts";
import { buildApp } from "./app.ts";
import { guardConnections, type RequestHandler } from "./http-listener.ts";
import { DEFAULT_LIMITS, type ServerLimits } from "./limits.ts";
import { listen } from "./listen.ts";
import { parseListenAddress } from "./listen-address.ts";
import type { ServerLog, ServerReaders } from "./readers.ts";
import { createServer } from "./create-server.ts";
import { checkTelemetryPath } from "./telemetry-path.ts";
import { WebGuard } from "./web-config/guard.ts";
import { LiveWebConfig, type WebConfigListener } from "./web-config/live-web-config.ts";
import { PasswordWorker } from "./web-config/password-worker.ts";

export interface ServerOptions {
  readonly readers: ServerReaders;
  /** As `--web.listen-address` has them, for example `:10225`. */
  readonly listenAddresses: readonly string[];
  readonly telemetryPath: string;
  /** exporter-toolkit's web-config.yml; undefined serves everyone over plain HTTP. */
  readonly webConfigFile?: string | undefined;
  /** Hears when that file becomes unusable while the server runs, and when it is good again. */
  readonly onWebConfig?: WebConfigListener;
  readonly log: ServerLog;
  readonly clock?: Clock;
  readonly limits?: Partial<ServerLimits>;
}

export interface RunningServer {
  readonly addresses: readonly { readonly address: string; readonly port: number }[];
  readonly scheme: "http" | "https";
  /** Stops accepting, finishes requests in flight within a limit, then destroys them. */
  close(): Promise<void>;
}

/**
 * Serves the agent's HTTP interface. Throws an `AgentError`: `USAGE` for an address or path that
 * makes no sense, `LISTEN_FAILED` for one that cannot be listened on, `CONFIG_INVALID` or
 * `CONFIG_UNREADABLE` for the web configuration file.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { webConfigFile, log, clock = systemClock, onWebConfig = () => undefined } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const addresses = options.listenAddresses.map(parseListenAddress);
  checkTelemetryPath(options.telemetryPath);

  const webConfig =
    webConfigFile === undefined ? null : new LiveWebConfig(webConfigFile, log, onWebConfig);
  const passwords = new PasswordWorker();
  const guard = webConfig === null ? null : new WebGuard(webConfig, passwords, clock);
  const app = await buildApp(options.readers, {
    telemetryPath: options.telemetryPath,
    log,
    clock,
    limits,
    guard,
  });

  const handle: RequestHandler = (request, response) => {
    app.routing(request, response);
  };
  const listeners = addresses.map((address) => ({
    address,
    listener: guardConnections(createServer(webConfig, limits), handle, limits, clock),
  }));
  const close = async () => {
    await Promise.all(listeners.map(async ({ listener }) => listener.close(limits.shutdownMs)));
    await Promise.all([app.close(), passwords.close()]);
  };
  const opened = await Promise.allSettled(
    listeners.map(async ({ listener, address }) => listen(listener.server, address)),
  );
  const failed = opened.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) {
    await close();
    throw failed.reason;
  }
  return {
    addresses: listeners.map(({ listener }) => listener.server.address() as AddressInfo),
    scheme: webConfig?.lastGood.tls ? "https" : "http",
    close,
  };
}
