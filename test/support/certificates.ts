import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** A certificate with its key. */
export interface Issued {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  readonly commonName: string;
  readonly privateKey: KeyObject;
}

export interface CertificateOptions {
  readonly commonName?: string;
  /** DNS names and addresses that it is for. */
  readonly names?: readonly string[];
  /** A date, or the text of a GeneralizedTime, which need not be one. */
  readonly notBefore?: Date | string;
  readonly notAfter?: Date | string;
  /** Whether it may sign others. */
  readonly authority?: boolean;
  /** Who signs it; by default it signs itself. */
  readonly issuer?: Issued;
}

const DAY_MS = 86_400_000;

const OID_ECDSA_WITH_SHA256 = Buffer.from("06082a8648ce3d040302", "hex");
const OID_COMMON_NAME = Buffer.from("0603550403", "hex");
const OID_ALTERNATIVE_NAME = Buffer.from("0603551d11", "hex");
const OID_BASIC_CONSTRAINTS = Buffer.from("0603551d13", "hex");

const BOOLEAN_TRUE = Buffer.from([0x01, 0x01, 0xff]);
const VERSION_3 = Buffer.from([0xa0, 0x03, 0x02, 0x01, 0x02]);

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 0xff]), content]);
}

const sequence = (...contents: readonly Buffer[]): Buffer => der(0x30, ...contents);
const octetString = (content: Buffer): Buffer => der(0x04, content);
const bitString = (content: Buffer): Buffer => der(0x03, Buffer.from([0]), content);

function time(at: Date | string): Buffer {
  const text =
    typeof at === "string" ? at : `${at.toISOString().slice(0, 19).replaceAll(/\D/g, "")}Z`;
  return der(0x18, Buffer.from(text));
}

function distinguishedName(commonName: string): Buffer {
  return sequence(der(0x31, sequence(OID_COMMON_NAME, der(0x0c, Buffer.from(commonName)))));
}

function alternativeName(name: string): Buffer {
  if (isIP(name) === 0) return der(0x82, Buffer.from(name));
  return der(0x87, Buffer.from(ipaddr.parse(name).toByteArray()));
}

/**
 * Issues an X.509 certificate for a new P-256 key (RFC 5280), in about a millisecond and with
 * nothing but Node.js, so that a test can have any certificate, also one that no tool would make.
 */
export function issue(options: CertificateOptions = {}): Issued {
  const { commonName = "mx.example.test", names = [], issuer, authority = false } = options;
  const now = Date.now();
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const extensions: Buffer[] = [];
  if (authority) {
    extensions.push(
      sequence(OID_BASIC_CONSTRAINTS, BOOLEAN_TRUE, octetString(sequence(BOOLEAN_TRUE))),
    );
  }
  if (names.length > 0) {
    const alternatives = sequence(...names.map((name) => alternativeName(name)));
    extensions.push(sequence(OID_ALTERNATIVE_NAME, octetString(alternatives)));
  }
  const serial = randomBytes(8);
  serial[0] = 1;
  const tbs = sequence(
    VERSION_3,
    der(0x02, serial),
    sequence(OID_ECDSA_WITH_SHA256),
    distinguishedName(issuer?.commonName ?? commonName),
    sequence(
      time(options.notBefore ?? new Date(now - DAY_MS)),
      time(options.notAfter ?? new Date(now + 90 * DAY_MS)),
    ),
    distinguishedName(commonName),
    publicKey.export({ type: "spki", format: "der" }),
    ...(extensions.length > 0 ? [der(0xa3, sequence(...extensions))] : []),
  );
  const signature = sign("sha256", tbs, issuer?.privateKey ?? privateKey);
  const certificate = sequence(tbs, sequence(OID_ECDSA_WITH_SHA256), bitString(signature));
  return {
    cert: pem("CERTIFICATE", certificate),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    commonName,
    privateKey,
  };
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/** An authority of the tests, and what it issues for `mx.example.test`, localhost and loopback. */
export const testAuthority = issue({ commonName: "Test CA", authority: true });

/** A certificate of the test authority, as a server should have it unless told otherwise. */
export function issueServer(options: CertificateOptions = {}): Issued {
  return issue({
    names: ["mx.example.test", "localhost", "127.0.0.1", "::1"],
    issuer: testAuthority,
    ...options,
  });
}
