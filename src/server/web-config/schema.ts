import { z } from "zod";
import { CIPHER_SUITES, CURVES, allowsHttp2 } from "./cipher-suites.ts";

/** The grammar of exporter-toolkit's web configuration file. An empty string is an absent value. */

const clientAuthTypes = [
  "NoClientCert",
  "RequestClientCert",
  "RequireAnyClientCert",
  "RequireClientCert",
  "VerifyClientCertIfGiven",
  "RequireAndVerifyClientCert",
] as const;

const text = z
  .string()
  .nullish()
  .transform((value) => value || undefined);

function listOf(known: ReadonlyMap<string, string>) {
  return z
    .array(z.enum([...known.keys()]))
    .nullish()
    .transform((list) => (list?.length === 0 ? undefined : (list ?? undefined)));
}

// TLS 1.0 and 1.1 are known to Go and left out here: RFC 8996 forbids them.
const version = z.enum(["TLS12", "TLS13"], { error: "allowed are TLS12 and TLS13" });

const tls = z
  .strictObject({
    cert: text,
    cert_file: text,
    key: text,
    key_file: text,
    client_auth_type: z
      .enum([...clientAuthTypes, ""])
      .nullish()
      .transform((value) => value || ("NoClientCert" as const)),
    client_ca: text,
    client_ca_file: text,
    client_allowed_sans: z.array(z.string()).nullish(),
    min_version: version.default("TLS12"),
    max_version: version.default("TLS13"),
    cipher_suites: listOf(CIPHER_SUITES),
    prefer_server_cipher_suites: z.boolean().default(true),
    curve_preferences: listOf(CURVES),
  })
  .superRefine((settings, context) => {
    for (const problem of tlsProblems(settings)) context.addIssue({ code: "custom", ...problem });
  });

type Tls = z.output<typeof tls>;
interface Problem {
  readonly path: string[];
  readonly message: string;
}

function* tlsProblems(settings: Tls): Generator<Problem> {
  for (const name of ["cert", "key", "client_ca"] as const) {
    const file = `${name}_file` as const;
    const given = settings[name] !== undefined || settings[file] !== undefined;
    if (!given && name !== "client_ca") {
      yield {
        path: [],
        message: `${name} or ${file} is missing: TLS needs a certificate and a key`,
      };
    }
    if (settings[name] !== undefined && settings[file] !== undefined) {
      yield { path: [name], message: `give ${name} or ${file}, not both` };
    }
  }
  const authType = settings.client_auth_type;
  const clientCa = settings.client_ca ?? settings.client_ca_file;
  if (clientCa !== undefined && authType === "NoClientCert") {
    yield {
      path: [settings.client_ca === undefined ? "client_ca_file" : "client_ca"],
      message: "without a client_auth_type no client certificate would be asked for",
    };
  }
  if (settings.client_allowed_sans && !authType.startsWith("Require")) {
    yield {
      path: ["client_allowed_sans"],
      message: "needs the client_auth_type RequireAnyClientCert or RequireAndVerifyClientCert",
    };
  }
  if (settings.min_version > settings.max_version) {
    yield { path: ["min_version"], message: "is above max_version" };
  }
}

const headerValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const freeHeader = headerValue.refine((value) => /^[\t\u0020-\u007e]*$/.test(value), {
  error: "a header is printable ASCII on one line",
});

const http = z.strictObject({
  // For files that other exporters share: HTTP/1.1 is served either way.
  http2: z.boolean().default(true),
  headers: z
    .strictObject({
      "Strict-Transport-Security": freeHeader,
      "X-Content-Type-Options": z.enum(["nosniff"]),
      "X-Frame-Options": z.enum(["deny", "sameorigin"]),
      "X-XSS-Protection": freeHeader,
      "Content-Security-Policy": freeHeader,
    })
    .partial()
    .nullish(),
});

/** Prefix, cost 04 to 31, salt and digest in bcrypt's own base 64. */
const bcryptHash = z.string().regex(/^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./\w]{53}$/, {
  error: "is no bcrypt hash; htpasswd -nBC 10 USER makes one",
});

const unitMs = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** A duration as Go writes it (`1s`, `1m30s`, `1.5h`), or 0; in milliseconds. */
const durationMs = z
  .union([z.literal(0), z.string().regex(/^(0|((\d+(\.\d+)?)(ns|us|µs|ms|s|m|h))+)$/)], {
    error: "is a duration with its unit, for example 500ms, 1s or 1m30s; 0 turns the limit off",
  })
  .transform((value) =>
    [...String(value).matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g)].reduce(
      (sum, [, amount, unit]) => sum + Number(amount) * unitMs[unit as keyof typeof unitMs],
      0,
    ),
  );

const rateLimit = z
  .strictObject({ interval: durationMs.default(0), burst: z.int().min(0).default(0) })
  .refine(({ interval, burst }) => interval === 0 || burst > 0, {
    path: ["burst"],
    error: "is at least 1: with 0 no request would ever pass",
  });

/** The whole file. */
export const webConfigSchema = z
  .strictObject({
    tls_server_config: tls.nullish(),
    http_server_config: http.nullish(),
    basic_auth_users: z.record(z.string(), bcryptHash).nullish(),
    rate_limit: rateLimit.nullish(),
  })
  .superRefine(({ tls_server_config: settings, http_server_config: server }, context) => {
    if (!settings?.cipher_suites || settings.min_version === "TLS13") return;
    if (server?.http2 === false || allowsHttp2(settings.cipher_suites)) return;
    context.addIssue({
      code: "custom",
      path: ["tls_server_config", "cipher_suites"],
      message:
        "has no suite that HTTP/2 allows (TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 or " +
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256); add one, or set http_server_config.http2 to false",
    });
  });

export type ClientAuthType = Exclude<Tls["client_auth_type"], "">;
