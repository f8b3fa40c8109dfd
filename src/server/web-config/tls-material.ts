import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { AgentError } from "../../errors.ts";
import type { PemSource, TlsSettings } from "./web-config.ts";

/** What a handshake needs: the settings with certificate and key read. */
export interface TlsMaterial {
  readonly settings: TlsSettings;
  readonly pem: PemTexts;
  readonly context: SecureContextOptions;
}

export interface PemTexts {
  readonly cert: string;
  readonly key: string;
  readonly clientCa: string | null;
}

/** Reads the files that the settings name. Throws an `AgentError` (`CONFIG_UNREADABLE`). */
export function readPem({ cert, key, clientCa }: TlsSettings): PemTexts {
  return {
    cert: read(cert),
    key: read(key),
    clientCa: clientCa === null ? null : read(clientCa),
  };
}

/**
 * Checks that certificate and key belong together and that the client CA holds a certificate.
 * Throws an `AgentError` (`CONFIG_INVALID`) otherwise.
 */
export function tlsMaterial(settings: TlsSettings, pem: PemTexts): TlsMaterial {
  const { minVersion, maxVersion, ciphers, curves, preferServerCiphers } = settings;
  const context: SecureContextOptions = {
    cert: pem.cert,
    key: pem.key,
    minVersion,
    maxVersion,
    honorCipherOrder: preferServerCiphers,
    ...(pem.clientCa === null ? {} : { ca: pem.clientCa }),
    ...(ciphers === null ? {} : { ciphers }),
    ...(curves === null ? {} : { ecdhCurve: curves }),
  };
  attempt(
    `no usable certificate in ${nameOf(settings.cert, "cert")}`,
    () => new X509Certificate(pem.cert),
  );
  const { clientCa } = pem;
  if (clientCa !== null && settings.clientCa !== null) {
    attempt(
      `no usable certificate in ${nameOf(settings.clientCa, "client_ca")}`,
      () => new X509Certificate(clientCa),
    );
  }
  attempt(
    `${nameOf(settings.key, "key")} is no usable key for ${nameOf(settings.cert, "cert")}`,
    () => createSecureContext(context),
  );
  return { settings, pem, context };
}

function read(source: PemSource): string {
  if ("text" in source) return source.text;
  try {
    return readFileSync(source.file, "utf8");
  } catch (error) {
    const { code = "unreadable" } = error as NodeJS.ErrnoException;
    throw new AgentError("CONFIG_UNREADABLE", `${source.file}: ${code}`, { cause: error });
  }
}

function attempt(complaint: string, check: () => unknown): void {
  try {
    check();
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new AgentError("CONFIG_INVALID", `${complaint} (${code})`, { cause: error });
  }
}

function nameOf(source: PemSource, key: string): string {
  return "file" in source ? source.file : `tls_server_config.${key}`;
}
