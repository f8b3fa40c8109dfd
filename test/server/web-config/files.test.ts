import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AgentError } from "../../../src/errors.ts";
import { LiveWebConfig } from "../../../src/server/web-config/live-web-config.ts";
import { issueServer, testAuthority } from "../../support/certificates.ts";
import { SampleLog } from "../sample-readers.ts";

const source = new URL("files/", import.meta.url);
const files = readdirSync(source);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "web-config-"));
  for (const file of files) copyFileSync(new URL(file, source), join(folder, file));
  const server = issueServer();
  writeFileSync(join(folder, "server.pem"), server.cert);
  writeFileSync(join(folder, "server.key"), server.key);
  writeFileSync(join(folder, "other.key"), issueServer().key);
  writeFileSync(join(folder, "ca.pem"), testAuthority.cert);
  writeFileSync(join(folder, "junk.pem"), "-----BEGIN CERTIFICATE-----\njunk\n");
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function load(file: string): LiveWebConfig {
  return new LiveWebConfig(join(folder, file), new SampleLog(), () => undefined);
}

test.each(files.filter((file) => file.startsWith("good-")))("%s is taken", (file) => {
  const config = load(file);
  expect(config.current()).not.toBeNull();
});

/** What each bad file is refused for: the place in it, and the words. */
const complaints: Readonly<Record<string, string>> = {
  "bad-not-a-map.yml": ":1:1: Invalid input: expected object",
  "bad-yaml.yml": ":3:1: Missing closing",
  "bad-two-documents.yml": ":2:1: Source contains multiple documents",
  "bad-key-twice.yml": ":2:1: Map keys must be unique",
  "bad-unknown-key.yml": ':1:1: Unrecognized key: "tls_config"',
  "bad-unknown-tls-key.yml": ':4:3: tls_server_config: Unrecognized key: "ca_file"',
  "bad-cert-without-key.yml": ":2:3: tls_server_config: key or key_file is missing",
  "bad-key-without-cert.yml": ":2:3: tls_server_config: cert or cert_file is missing",
  "bad-cert-twice.yml": ":2:9: tls_server_config.cert: give cert or cert_file, not both",
  "bad-missing-cert-file.yml": "nothing.pem: ENOENT",
  "bad-missing-key-file.yml": "nothing.key: ENOENT",
  "bad-foreign-key.yml": "other.key is no usable key for ",
  "bad-cert-is-no-cert.yml": "no usable certificate in ",
  "bad-auth-type.yml": ":4:21: tls_server_config.client_auth_type: Invalid option",
  "bad-ca-without-auth-type.yml":
    ":4:19: tls_server_config.client_ca_file: without a client_auth_type",
  "bad-missing-ca-file.yml": "nothing.pem: ENOENT",
  "bad-ca-holds-nothing.yml": "no usable certificate in ",
  "bad-sans-with-optional-cert.yml":
    ":6:24: tls_server_config.client_allowed_sans: needs the client_auth",
  "bad-sans-without-auth-type.yml":
    ":4:24: tls_server_config.client_allowed_sans: needs the client_auth",
  "bad-version.yml": ":4:16: tls_server_config.min_version: allowed are TLS12 and TLS13",
  "bad-old-version.yml": ":4:16: tls_server_config.min_version: allowed are TLS12 and TLS13",
  "bad-version-order.yml": ":4:16: tls_server_config.min_version: is above max_version",
  "bad-cipher.yml": ":4:58: tls_server_config.cipher_suites.1: Invalid option",
  "bad-ciphers-without-http2.yml":
    ":5:18: tls_server_config.cipher_suites: has no suite that HTTP/2 allows",
  "bad-curve.yml": ":4:23: tls_server_config.curve_preferences.0: Invalid option",
  "bad-header.yml": ':3:5: http_server_config.headers: Unrecognized key: "X-Powered-By"',
  "bad-header-value.yml": ":3:22: http_server_config.headers.X-Frame-Options: Invalid option",
  "bad-header-content-type-options.yml": ":3:29: http_server_config.headers.X-Content-Type-Options",
  "bad-header-injection.yml":
    ":3:30: http_server_config.headers.Content-Security-Policy: a header is",
  "bad-user.yml": ":2:10: basic_auth_users.alice: is no bcrypt hash",
  "bad-user-cost.yml": ":2:10: basic_auth_users.alice: is no bcrypt hash",
  "bad-user-list.yml": ":1:19: basic_auth_users: Invalid input",
  "bad-rate-unit.yml": ":1:25: rate_limit.interval: is a duration with its unit",
  "bad-rate-burst.yml": ":1:13: rate_limit.burst: is at least 1",
};

test.each(Object.entries(complaints))("%s is refused: %s", (file, complaint) => {
  expect(() => load(file)).toThrow(AgentError);
  expect(() => load(file)).toThrow(complaint);
});

test("every bad file has its complaint", () => {
  expect(files.filter((file) => !file.startsWith("good-"))).toEqual(
    Object.keys(complaints).toSorted(),
  );
});

test("no complaint repeats a secret", () => {
  expect(() => load("bad-user.yml")).not.toThrow("secret-in-clear-text");
});

test("a file that is not there is named", () => {
  expect(() => load("absent.yml")).toThrow("absent.yml: ENOENT");
});
