import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { issue, type Issued } from "../../support/certificates.ts";

/** A certificate and its key, as PEM files. */
export interface KeyPair {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Certificates for the cases that a TLS check tells apart, all but one from the same CA. */
export interface Certificates {
  /** The CA's own certificate. */
  readonly caFile: string;
  readonly good: KeyPair;
  readonly expired: KeyPair;
  readonly notYetValid: KeyPair;
  /** For `WRONG_NAME` and nothing else. */
  readonly wrongName: KeyPair;
  readonly selfSigned: KeyPair;
  /** Good for three more days. */
  readonly expiringSoon: KeyPair;
  /** A client's, for servers that demand one. */
  readonly client: KeyPair;
}

/** The name that the certificates are for, beside the addresses asked for. */
export const SERVER_NAME = "mx.example.test";
export const WRONG_NAME = "elsewhere.example.test";
/** When the expired certificate expired. */
export const EXPIRED_AT = new Date("2021-01-01T00:00:00Z");

const dayMs = 86_400_000;

function inDays(days: number): Date {
  return new Date(Date.now() + days * dayMs);
}

function write(folder: string, name: string, { cert, key }: Issued): KeyPair {
  const pair = {
    certFile: join(folder, `${name}.pem`),
    keyFile: join(folder, `${name}-key.pem`),
  };
  writeFileSync(pair.certFile, cert);
  writeFileSync(pair.keyFile, key, { mode: 0o600 });
  return pair;
}

/** Makes the certificates below `folder`, for `SERVER_NAME` and the `addresses`. */
export function createCertificates(
  folder: string,
  addresses: readonly string[] = [],
): Certificates {
  mkdirSync(folder);
  const issuer = issue({ commonName: "Bed CA", authority: true });
  const usual = { commonName: SERVER_NAME, names: [SERVER_NAME, ...addresses], issuer };
  return {
    caFile: write(folder, "ca", issuer).certFile,
    good: write(folder, "good", issue(usual)),
    expired: write(
      folder,
      "expired",
      issue({ ...usual, notBefore: new Date("2020-01-01"), notAfter: EXPIRED_AT }),
    ),
    notYetValid: write(
      folder,
      "not-yet-valid",
      issue({ ...usual, notBefore: inDays(1), notAfter: inDays(2) }),
    ),
    wrongName: write(
      folder,
      "wrong-name",
      issue({ ...usual, commonName: WRONG_NAME, names: [WRONG_NAME] }),
    ),
    selfSigned: write(
      folder,
      "self-signed",
      issue({ commonName: SERVER_NAME, names: usual.names }),
    ),
    expiringSoon: write(folder, "expiring-soon", issue({ ...usual, notAfter: inDays(3) })),
    client: write(folder, "client", issue({ ...usual, commonName: "probe" })),
  };
}
