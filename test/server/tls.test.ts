import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { get, type RequestOptions } from "node:https";
import { text } from "node:stream/consumers";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { describe, expect, test } from "vitest";
import { issue, issueServer, testAuthority } from "../support/certificates.ts";
import { sampleServer } from "./sample-server.ts";
import { temporaryFiles } from "./web-config/temporary-files.ts";

const first = issueServer();
const second = issueServer();
const client = issue({ names: ["prometheus.example"], issuer: testAuthority });
const stranger = issue({ names: ["prometheus.example"] });

function yaml(more: object): string {
  return JSON.stringify({
    tls_server_config: { cert_file: "server.pem", key_file: "server.key", ...more },
  });
}

async function tlsServer(settings: object = {}) {
  const write = temporaryFiles();
  write("server.pem", first.cert);
  write("server.key", first.key);
  write("ca.pem", testAuthority.cert);
  const changes: boolean[] = [];
  const { port, server, log, metrics } = await sampleServer({
    webConfigFile: write("web.yml", yaml(settings)),
    onWebConfig: (good) => changes.push(good),
  });
  return { port, server, log, metrics, write, changes };
}

type Options = RequestOptions & Pick<ConnectionOptions, "session">;

/** One request on a connection of its own, without a server name, as to an address. */
async function ask(port: number, options: Options = {}) {
  const request = get({
    port,
    host: "127.0.0.1",
    path: "/metrics",
    ca: testAuthority.cert,
    agent: false,
    ...options,
  });
  const sessions: Buffer[] = [];
  request.on("socket", (socket) => {
    socket.on("session", (session: Buffer) => sessions.push(session));
  });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const socket = request.socket as TLSSocket;
  return {
    status: response.statusCode,
    body: await text(response),
    certificate: socket.getPeerX509Certificate()?.toString(),
    protocol: socket.getProtocol(),
    cipher: socket.getCipher().name,
    resumed: socket.isSessionReused(),
    session: sessions[0],
  };
}

const cut = /hang up|ECONNRESET|disconnected/;

test("serves HTTPS with the certificate of the file", async () => {
  const { port, server } = await tlsServer();
  expect(server.scheme).toBe("https");
  const answer = await ask(port);
  expect(answer.body).toBe("mta_probe_success 1\n");
  expect(answer.certificate).toBe(first.cert);
  expect(answer.protocol).toBe("TLSv1.3");
});

test("answers no plain HTTP", async () => {
  const { port } = await tlsServer();
  await expect(fetch(`http://127.0.0.1:${port}/-/healthy`)).rejects.toThrow("fetch failed");
});

test("the next handshake after a change of certificate has the new one", async () => {
  const { port, write, log } = await tlsServer();
  await ask(port);
  write("server.pem", second.cert.slice(0, 200));
  expect((await ask(port)).certificate).toBe(first.cert);
  write("server.pem", second.cert);
  expect((await ask(port)).certificate).toBe(first.cert);
  write("server.key", second.key);
  expect((await ask(port)).certificate).toBe(second.cert);
  expect(log.lines.map(({ message }) => message)).toEqual([
    "TLS files cannot be used, the old ones stay",
    "TLS files cannot be used, the old ones stay",
  ]);
});

test("a file that breaks while it runs answers 500 over the old certificate", async () => {
  const { port, write, changes } = await tlsServer();
  write("web.yml", "junk: [");
  expect((await ask(port)).status).toBe(500);
  write("web.yml", yaml({}));
  expect((await ask(port)).status).toBe(200);
  expect(changes).toEqual([false, true]);
});

test("versions and cipher suites are those of the file, at once", async () => {
  const { port, write } = await tlsServer({ min_version: "TLS13" });
  await expect(ask(port, { maxVersion: "TLSv1.2" })).rejects.toThrow(/version/);
  write(
    "web.yml",
    yaml({
      max_version: "TLS12",
      cipher_suites: [
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
      ],
      curve_preferences: ["CurveP384"],
    }),
  );
  const answer = await ask(port, {
    ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384",
  });
  expect(answer.protocol).toBe("TLSv1.2");
  expect(answer.cipher).toBe("ECDHE-ECDSA-AES256-GCM-SHA384");
  await expect(ask(port, { ecdhCurve: "P-256" })).rejects.toThrow(/handshake/);
});

describe("client certificates", () => {
  const required = { client_auth_type: "RequireAndVerifyClientCert", client_ca_file: "ca.pem" };

  test("that are required let in who has one of the authority, nobody else", async () => {
    const { port, metrics } = await tlsServer(required);
    expect((await ask(port, client)).status).toBe(200);
    await expect(ask(port)).rejects.toThrow(cut);
    await expect(ask(port, stranger)).rejects.toThrow(cut);
    expect(metrics.writes).toBe(1);
  });

  test("are held to the allowed names, also when those change", async () => {
    const named = { ...required, client_allowed_sans: ["prometheus.example"] };
    const { port, write } = await tlsServer(named);
    expect((await ask(port, client)).status).toBe(200);
    write("web.yml", yaml({ ...required, client_allowed_sans: ["other.example"] }));
    await expect(ask(port, client)).rejects.toThrow(cut);
  });

  test("that are optional must be good when they are shown", async () => {
    const { port } = await tlsServer({ ...required, client_auth_type: "VerifyClientCertIfGiven" });
    expect((await ask(port)).status).toBe(200);
    expect((await ask(port, client)).status).toBe(200);
    await expect(ask(port, stranger)).rejects.toThrow(cut);
  });

  test("of any kind will do where any is asked for", async () => {
    const { port } = await tlsServer({ client_auth_type: "RequireAnyClientCert" });
    expect((await ask(port, stranger)).status).toBe(200);
    await expect(ask(port)).rejects.toThrow(cut);
  });

  test("do not outlive a change of the authority in a resumed session", async () => {
    const { port, write } = await tlsServer({ ...required, max_version: "TLS12" });
    const { session } = await ask(port, client);
    expect((await ask(port, { ...client, session })).resumed).toBe(true);
    write("ca.pem", issue({ commonName: "Another CA", authority: true }).cert);
    await expect(ask(port, { ...client, session })).rejects.toThrow(cut);
  });
});
