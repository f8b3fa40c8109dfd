import { rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { LiveWebConfig } from "../../../src/server/web-config/live-web-config.ts";
import { issueServer, testAuthority } from "../../support/certificates.ts";
import { SampleLog } from "../sample-readers.ts";
import { temporaryFiles } from "./temporary-files.ts";

const limited = "rate_limit: { interval: 1s, burst: 1 }\n";
const tls = "tls_server_config: { cert_file: a.pem, key_file: a.key }\n";

function open(file: string) {
  const log = new SampleLog();
  const changes: boolean[] = [];
  const config = new LiveWebConfig(file, log, (good) => changes.push(good));
  return { config, log, changes };
}

function certificates() {
  const write = temporaryFiles();
  const [first, second] = [issueServer(), issueServer()];
  write("a.pem", first.cert);
  write("a.key", first.key);
  return { write, first, second, ...open(write("web.yml", tls)) };
}

describe("the file", () => {
  test("counts as it is at the moment of asking", () => {
    const write = temporaryFiles();
    const { config } = open(write("web.yml", limited));
    expect(config.current()?.rateLimit).toEqual({ intervalMs: 1000, burst: 1 });
    write("web.yml", "rate_limit: { interval: 2s, burst: 1 }\n");
    expect(config.current()?.rateLimit).toEqual({ intervalMs: 2000, burst: 1 });
  });

  test("is no configuration while broken or gone, and counts again when it is mended", () => {
    const write = temporaryFiles();
    const file = write("web.yml", limited);
    const { config, log, changes } = open(file);
    write("web.yml", "junk");
    expect(config.current()).toBeNull();
    expect(config.current()).toBeNull();
    expect(log.lines).toHaveLength(1);
    rmSync(file);
    expect(config.current()).toBeNull();
    expect(log.lines).toHaveLength(2);
    expect(config.lastGood.rateLimit).toEqual({ intervalMs: 1000, burst: 1 });
    write("web.yml", limited);
    expect(config.current()).not.toBeNull();
    expect(changes).toEqual([false, true]);
  });

  test.each([
    ["TLS appears", limited, tls],
    ["TLS disappears", tls, limited],
    [
      "client certificates are asked for from now on",
      tls,
      tls.replace(" }", ", client_auth_type: RequireAnyClientCert }"),
    ],
  ])("is broken when %s while it listens", (_what, before, after) => {
    const write = temporaryFiles();
    const server = issueServer();
    write("a.pem", server.cert);
    write("a.key", server.key);
    const { config, log } = open(write("web.yml", before));
    write("web.yml", after);
    expect(config.current()).toBeNull();
    expect(log.lines[0]?.fields).toMatchObject({
      error: expect.stringContaining("needs a restart"),
    });
  });

  test("that names a certificate which cannot be read is broken until it can", () => {
    const write = temporaryFiles();
    const server = issueServer();
    write("a.pem", server.cert);
    write("a.key", server.key);
    const { config } = open(write("web.yml", tls));
    write("web.yml", tls.replace("a.pem", "b.pem"));
    expect(config.current()).toBeNull();
    write("b.pem", server.cert);
    expect(config.current()).not.toBeNull();
  });
});

describe("certificates", () => {
  test("are those on disk at the moment of the handshake", () => {
    const { write, first, second, config } = certificates();
    const before = config.tls();
    expect(before?.context.cert).toBe(first.cert);
    expect(config.tls()).toBe(before);
    write("a.pem", second.cert);
    write("a.key", second.key);
    expect(config.tls()?.context.cert).toBe(second.cert);
  });

  test("that are half written, missing or do not fit leave the old ones in place", () => {
    const { write, first, second, config, log } = certificates();
    write("a.pem", second.cert.slice(0, 100));
    expect(config.tls()?.context.cert).toBe(first.cert);
    write("a.pem", second.cert);
    expect(config.tls()?.context.cert).toBe(first.cert);
    expect(config.tls()?.context.cert).toBe(first.cert);
    expect(log.lines).toHaveLength(2);
    expect(JSON.stringify(log.lines)).not.toContain("PRIVATE KEY");
    expect(config.current()).not.toBeNull();
    write("a.key", second.key);
    expect(config.tls()?.context.cert).toBe(second.cert);
  });

  test("stay as they were while the file itself is broken", () => {
    const { write, first, config } = certificates();
    write("web.yml", "junk");
    expect(config.tls()?.context.cert).toBe(first.cert);
  });

  test("can stand in the file itself", () => {
    const write = temporaryFiles();
    const server = issueServer();
    const text = JSON.stringify({
      tls_server_config: {
        cert: server.cert,
        key: server.key,
        client_auth_type: "RequireAndVerifyClientCert",
        client_ca: testAuthority.cert,
      },
    });
    const { config } = open(write("web.yml", text));
    expect(config.tls()?.context).toMatchObject({
      cert: server.cert,
      key: server.key,
      ca: testAuthority.cert,
    });
  });
});

test("Go's names become OpenSSL's", () => {
  const write = temporaryFiles();
  const server = issueServer();
  const text = JSON.stringify({
    tls_server_config: {
      cert: server.cert,
      key: server.key,
      min_version: "TLS12",
      max_version: "TLS12",
      cipher_suites: [
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
      ],
      prefer_server_cipher_suites: false,
      curve_preferences: ["CurveP384", "X25519"],
    },
  });
  expect(open(write("web.yml", text)).config.tls()?.context).toMatchObject({
    minVersion: "TLSv1.2",
    maxVersion: "TLSv1.2",
    ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305",
    honorCipherOrder: false,
    ecdhCurve: "P-384:X25519",
  });
});

test("a password whose hash takes seconds is taken, with a warning", () => {
  const write = temporaryFiles();
  const digest = "a".repeat(53);
  const users = { quick: `$2y$14$${digest}`, slow: `$2y$15$${digest}` };
  const { config, log } = open(write("web.yml", JSON.stringify({ basic_auth_users: users })));
  expect(log.lines.map(({ fields }) => fields)).toEqual([{ user: "slow" }]);
  config.current();
  expect(log.lines).toHaveLength(1);
});
