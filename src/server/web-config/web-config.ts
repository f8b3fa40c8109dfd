import { dirname, resolve } from "node:path";
import { LineCounter, isMap, isNode, isScalar, parseDocument, type Document } from "yaml";
import type { z } from "zod";
import { AgentError } from "../../errors.ts";
import { CIPHER_SUITES, CURVES } from "./cipher-suites.ts";
import { type ClientAuthType, webConfigSchema } from "./schema.ts";

/** A web configuration file (exporter-toolkit's web-config.yml), checked. */
export interface WebConfig {
  /** Null serves plain HTTP. */
  readonly tls: TlsSettings | null;
  /** Headers of every response. */
  readonly headers: Readonly<Record<string, string>>;
  /** bcrypt hashes by user name; empty lets everyone in. */
  readonly users: ReadonlyMap<string, string>;
  readonly rateLimit: RateLimit | null;
}

export interface TlsSettings {
  readonly cert: PemSource;
  readonly key: PemSource;
  readonly clientCa: PemSource | null;
  readonly clientAuthType: ClientAuthType;
  /** Names of which a client certificate must bear one; null does not ask. */
  readonly clientAllowedSans: readonly string[] | null;
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
  readonly maxVersion: "TLSv1.2" | "TLSv1.3";
  /** OpenSSL's list of suites; null leaves Node's. */
  readonly ciphers: string | null;
  /** OpenSSL's list of curves, preferred ones first; null leaves Node's. */
  readonly curves: string | null;
  readonly preferServerCiphers: boolean;
}

/** PEM text that stands in the configuration file, or the absolute path of its own file. */
export type PemSource = { readonly text: string } | { readonly file: string };

/** One request each interval, and this many at once after a pause. */
export interface RateLimit {
  readonly intervalMs: number;
  readonly burst: number;
}

/**
 * Reads the text of the web configuration file `file`; relative paths in it start from its folder.
 * Throws an `AgentError` with code `CONFIG_INVALID` that names every error with its place, and
 * never a value.
 */
export function parseWebConfig(file: string, text: string): WebConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    stringKeys: true,
    prettyErrors: false,
    lineCounter: lines,
  });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    throw invalid(document.errors.map(({ pos, message }) => `${at(pos[0])}: ${message}`));
  }
  const parsed = webConfigSchema.safeParse(document.toJS() ?? {});
  if (!parsed.success) {
    throw invalid(
      parsed.error.issues.map((issue) => `${at(offsetOf(document, issue))}: ${describe(issue)}`),
    );
  }
  return settings(parsed.data, dirname(file));
}

function invalid(errors: readonly string[]): AgentError {
  return new AgentError("CONFIG_INVALID", errors.join("\n"));
}

type Issue = z.core.$ZodIssue;

/** Where the issue is: its unknown key, its value, or the closest thing around it that exists. */
function offsetOf(document: Document, issue: Issue): number {
  if (issue.code === "unrecognized_keys") {
    const map = document.getIn(issue.path as string[], true) ?? document.contents;
    const pair = isMap(map)
      ? map.items.find(({ key }) => isScalar(key) && key.value === issue.keys[0])
      : undefined;
    return isNode(pair?.key) ? (pair.key.range?.[0] ?? 0) : 0;
  }
  for (let depth = issue.path.length; depth > 0; depth -= 1) {
    const node = document.getIn(issue.path.slice(0, depth), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return 0;
}

function describe(issue: Issue): string {
  const where = issue.path.length === 0 ? "" : `${issue.path.map(String).join(".")}: `;
  return `${where}${issue.message}`;
}

function settings(data: z.output<typeof webConfigSchema>, folder: string): WebConfig {
  const limit = data.rate_limit;
  return {
    tls: data.tls_server_config ? tlsSettings(data.tls_server_config, folder) : null,
    headers: filled(data.http_server_config?.headers ?? {}),
    users: new Map(Object.entries(data.basic_auth_users ?? {})),
    rateLimit:
      limit && limit.interval > 0 ? { intervalMs: limit.interval, burst: limit.burst } : null,
  };
}

/** An empty value leaves the header out. */
function filled(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
}

type TlsData = NonNullable<z.output<typeof webConfigSchema>["tls_server_config"]>;

function tlsSettings(data: TlsData, folder: string): TlsSettings {
  const source = (text: string | undefined, file: string | undefined): PemSource =>
    text === undefined ? { file: resolve(folder, file ?? "") } : { text };
  const hasClientCa = data.client_ca !== undefined || data.client_ca_file !== undefined;
  return {
    cert: source(data.cert, data.cert_file),
    key: source(data.key, data.key_file),
    clientCa: hasClientCa ? source(data.client_ca, data.client_ca_file) : null,
    clientAuthType: data.client_auth_type,
    clientAllowedSans: data.client_allowed_sans ?? null,
    minVersion: versions[data.min_version],
    maxVersion: versions[data.max_version],
    ciphers: openSslList(CIPHER_SUITES, data.cipher_suites),
    curves: openSslList(CURVES, data.curve_preferences),
    preferServerCiphers: data.prefer_server_cipher_suites,
  };
}

const versions = { TLS12: "TLSv1.2", TLS13: "TLSv1.3" } as const;

function openSslList(
  known: ReadonlyMap<string, string>,
  names: readonly string[] | undefined,
): string | null {
  return names?.map((name) => known.get(name) ?? name).join(":") ?? null;
}
