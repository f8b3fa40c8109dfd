import { readFileSync } from "node:fs";
import { isListening } from "./addresses.ts";
import { announce } from "./announce.ts";
import type { Bed } from "./bed.ts";
import type { KeyPair } from "./certificates.ts";
import { createOverlayRoot, type OverlayRoot } from "./overlay-root.ts";
import { type Running, untilServing } from "./processes.ts";

/** Where an MTA listens, and what it offers STARTTLS with. */
export interface MtaOptions {
  readonly address: string;
  readonly port: number;
  readonly tls: KeyPair;
}

async function writeKeyPair(
  root: OverlayRoot,
  folder: string,
  tls: KeyPair,
  keyMode: number,
): Promise<void> {
  await root.write(`${folder}/cert.pem`, readFileSync(tls.certFile, "utf8"));
  await root.write(`${folder}/key.pem`, readFileSync(tls.keyFile, "utf8"), keyMode);
}

async function listening(name: string, running: Running, options: MtaOptions): Promise<Running> {
  const { address, port } = options;
  await untilServing(running, `listens on ${address}:${port}`, () => isListening(address, port));
  announce(`started ${name} on ${address}:${port}`);
  return running;
}

/** Where Exim listens a second time, for clients that show a certificate of this CA. */
export interface Demand {
  readonly address: string;
  readonly caFile: string;
}

/** Starts Debian's Exim. */
export async function startExim(
  bed: Bed,
  options: MtaOptions,
  demand: Demand | null = null,
): Promise<Running> {
  const root = await createOverlayRoot(bed, "exim", ["exim4-daemon-light"]);
  await writeKeyPair(root, "/etc/exim4", options.tls, 0o644);
  if (demand !== null) await root.write("/etc/exim4/ca.pem", readFileSync(demand.caFile, "utf8"));
  const demands =
    demand === null
      ? ""
      : `
tls_verify_certificates = /etc/exim4/ca.pem
tls_verify_hosts = \${if eq{$received_ip_address}{${demand.address}}{*}}`;
  const addresses = demand === null ? [options.address] : [options.address, demand.address];
  await root.write(
    "/etc/exim4/bed.conf",
    `
primary_hostname = exim.example.test
local_interfaces = ${addresses.join(" : ")}
daemon_smtp_ports = ${options.port}
tls_advertise_hosts = *
tls_certificate = /etc/exim4/cert.pem
tls_privatekey = /etc/exim4/key.pem
${demands}
host_lookup =
rfc1413_query_timeout = 0s
`,
  );
  const running = root.start("/usr/sbin/exim4", ["-bdf", "-C", "/etc/exim4/bed.conf"]);
  return listening("Exim", running, options);
}

/** Starts Debian's OpenSMTPD, which offers STARTTLS and then fails every handshake. */
export async function startOpenSmtpd(bed: Bed, options: MtaOptions): Promise<Running> {
  const root = await createOverlayRoot(bed, "opensmtpd", ["opensmtpd"]);
  await writeKeyPair(root, "/etc", options.tls, 0o600);
  await root.write(
    "/etc/smtpd.conf",
    `
pki bed cert "/etc/cert.pem"
pki bed key "/etc/key.pem"
listen on ${options.address} port ${options.port} tls pki bed hostname opensmtpd.example.test
action "discard" maildir "/tmp/discard"
match from any for any action "discard"
`,
  );
  return listening("OpenSMTPD", root.start("/usr/sbin/smtpd", ["-F"]), options);
}

/** Starts Debian's Sendmail. */
export async function startSendmail(bed: Bed, options: MtaOptions): Promise<Running> {
  const root = await createOverlayRoot(bed, "sendmail", ["sendmail-bin", "sendmail-cf", "m4"]);
  await writeKeyPair(root, "/etc/mail", options.tls, 0o600);
  await root.write(
    "/etc/mail/bed.mc",
    `include(\`/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(\`debian')dnl
DOMAIN(\`debian-mta')dnl
FEATURE(\`no_default_msa')dnl
DAEMON_OPTIONS(\`Family=inet,Name=MTA,Addr=${options.address},Port=${options.port}')dnl
define(\`confTO_IDENT',\`0')dnl
define(\`confCACERT_PATH',\`/etc/mail')dnl
define(\`confCACERT',\`/etc/mail/cert.pem')dnl
define(\`confSERVER_CERT',\`/etc/mail/cert.pem')dnl
define(\`confSERVER_KEY',\`/etc/mail/key.pem')dnl
MAILER_DEFINITIONS
MAILER(\`smtp')dnl
`,
  );
  await root.run("cd /etc/mail && m4 bed.mc >bed.cf");
  const running = root.start("/usr/sbin/sendmail", ["-bD", "-C/etc/mail/bed.cf"]);
  return listening("Sendmail", running, options);
}
