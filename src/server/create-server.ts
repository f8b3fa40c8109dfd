import * as http from "node:http";
import * as https from "node:https";
import type { ServerLimits } from "./limits.ts";
import { acceptsClient, clientCertificate } from "./web-config/client-certificate.ts";
import type { LiveWebConfig } from "./web-config/live-web-config.ts";

/**
 * A server that listens nowhere yet: HTTPS when the web configuration has a certificate, plain HTTP
 * otherwise. Every handshake uses the certificate and the rules that are on disk at that moment.
 */
export function createServer(webConfig: LiveWebConfig | null, limits: ServerLimits): http.Server {
  const options = serverOptions(limits);
  const first = webConfig?.tls();
  if (!webConfig || !first) return http.createServer(options);

  const server = https.createServer({
    ...options,
    ...first.context,
    handshakeTimeout: limits.handshakeMs,
    requestCert: first.settings.clientAuthType !== "NoClientCert",
    // Which certificates will do is decided below: Node knows only "any" and "verified".
    rejectUnauthorized: false,
  });
  let used = first;
  server.prependListener("connection", () => {
    const now = webConfig.tls();
    if (now === null || now === used) return;
    server.setSecureContext(now.context);
    used = now;
  });
  server.prependListener("secureConnection", (socket) => {
    if (!acceptsClient(used.settings, clientCertificate(socket))) socket.destroy();
  });
  return server;
}

/** The limits that Node itself enforces. */
function serverOptions(limits: ServerLimits): http.ServerOptions {
  return {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(limits.headersMs, 5_000),
  };
}
