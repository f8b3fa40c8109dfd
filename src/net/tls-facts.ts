import { z } from "zod";
import { ProbeFailure } from "../errors.ts";
import type { TlsFacts } from "./tls.ts";

/** The metrics of every probe type that does TLS. */
export const TLS_FACTS = {
  tlsInfo: {
    metric: "mta_tls_info",
    help: "TLS version and cipher suite of the last probe.",
    labels: ["version", "cipher"],
  },
  tlsNotAfter: {
    metric: "mta_tls_certificate_not_after_timestamp_seconds",
    help: "Earliest notAfter of the certificate chain seen in the last probe.",
  },
  tlsCertificateOk: {
    metric: "mta_tls_certificate_ok",
    help: "Whether the certificate of the last probe passed the check.",
    labels: ["check"],
  },
} as const;

/** `tls_config` of a module, with the names that Prometheus uses. */
export const tlsConfigSchema = z
  .strictObject({
    ca_file: z
      .string()
      .optional()
      .describe("PEM file of the authorities to trust. Default: those that Node.js ships."),
    cert_file: z.string().optional().describe("PEM file of the client certificate."),
    key_file: z.string().optional().describe("PEM file of the client certificate's key."),
    server_name: z
      .string()
      .regex(/^[\w.:-]+$/)
      .optional()
      .describe("Name the certificate must be for. Default: the peer's host, or the address."),
    min_version: z
      .enum(["TLS10", "TLS11", "TLS12", "TLS13"])
      .default("TLS12")
      .describe("Oldest TLS version accepted."),
  })
  .prefault({})
  .describe("TLS settings.");

interface FactSink {
  fact(name: keyof typeof TLS_FACTS, value: number, ...labels: readonly string[]): void;
  describe(key: string, value: string): void;
}

/** Publishes what a handshake showed; the checks are exported whether or not they are enforced. */
export function publishTls(sink: FactSink, tls: TlsFacts): void {
  sink.fact("tlsInfo", 1, tls.version, tls.cipher);
  sink.describe("tls_version", tls.version);
  sink.describe("tls_cipher", tls.cipher);
  sink.fact("tlsCertificateOk", Number(!tls.expired && !tls.notYetValid), "time");
  sink.fact("tlsCertificateOk", Number(tls.trusted), "trust");
  sink.fact("tlsCertificateOk", Number(tls.nameMatches), "name");
  sink.describe("tls_subject", tls.subject);
  if (tls.notAfterSeconds === null) return;
  sink.fact("tlsNotAfter", tls.notAfterSeconds);
  sink.describe("tls_not_after", new Date(tls.notAfterSeconds * 1000).toISOString());
}

/** Throws the `ProbeFailure` of the first check that the certificate does not pass. */
export function verifyCertificate(tls: TlsFacts, serverName: string): void {
  if (tls.expired) throw new ProbeFailure("certificate_expired", "the certificate has expired");
  if (tls.notYetValid) {
    throw new ProbeFailure("certificate_not_yet_valid", "the certificate is not valid yet");
  }
  if (!tls.trusted)
    throw new ProbeFailure("certificate_untrusted", "no trusted authority signed it");
  if (!tls.nameMatches) {
    throw new ProbeFailure("certificate_name_mismatch", `it is not for ${serverName}`);
  }
}
