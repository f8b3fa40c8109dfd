import { describe, expect, test } from "vitest";
import {
  acceptsClient,
  subjectAltNames,
} from "../../../src/server/web-config/client-certificate.ts";
import { parseWebConfig } from "../../../src/server/web-config/web-config.ts";

function accepts(
  settings: object,
  client: { presented: boolean; verified: boolean; san?: string },
) {
  const text = JSON.stringify({ tls_server_config: { cert: "c", key: "k", ...settings } });
  const { tls } = parseWebConfig("web.yml", text);
  if (tls === null) throw new Error("TLS is off");
  return acceptsClient(tls, { ...client, subjectAltName: client.san ?? "" });
}

const none = { presented: false, verified: false };
const unknown = { presented: true, verified: false };
const known = { presented: true, verified: true };

describe.each([
  ["NoClientCert", true, true, true],
  ["RequestClientCert", true, true, true],
  ["RequireAnyClientCert", false, true, true],
  ["RequireClientCert", false, true, true],
  ["VerifyClientCertIfGiven", true, false, true],
  ["RequireAndVerifyClientCert", false, false, true],
])("%s", (type, withNone, withUnknown, withKnown) => {
  test("no certificate, an unknown one, a known one", () => {
    const settings = { client_auth_type: type };
    expect(accepts(settings, none)).toBe(withNone);
    expect(accepts(settings, unknown)).toBe(withUnknown);
    expect(accepts(settings, known)).toBe(withKnown);
  });
});

test.each([
  ["DNS:prometheus.example", true],
  ["DNS:other.example, DNS:prometheus.example", true],
  ["IP Address:192.0.2.7", true],
  ["IP Address:2001:DB8:0:0:0:0:0:7", true],
  ["email:prometheus@example.org", true],
  ["URI:spiffe://example.org/prometheus", true],
  ["DNS:prometheus.example.evil", false],
  ["IP Address:192.0.2.8", false],
  ["DirName:prometheus.example", false],
  ['DNS:"evil, DNS:prometheus.example"', false],
  ["", false],
])("with the names %j: %s", (san, expected) => {
  const settings = {
    client_auth_type: "RequireAndVerifyClientCert",
    client_allowed_sans: [
      "prometheus.example",
      "192.0.2.7",
      "2001:db8::7",
      "prometheus@example.org",
      "spiffe://example.org/prometheus",
    ],
  };
  expect(accepts(settings, { ...known, san })).toBe(expected);
});

test("an empty list of names lets nobody in", () => {
  const settings = { client_auth_type: "RequireAnyClientCert", client_allowed_sans: [] };
  expect(accepts(settings, { ...known, san: "DNS:a" })).toBe(false);
});

test("reads names as Node writes them", () => {
  expect(
    subjectAltNames(
      'DNS:a.example, IP Address:192.0.2.1, DirName:"CN=foo\\\\\\u002c bar", othername:<unsupported>, email:a@b.c, URI:http://x/a:1, DNS:"q\\"x"',
    ),
  ).toEqual(["a.example", "192.0.2.1", "a@b.c", "http://x/a:1", 'q"x']);
});
