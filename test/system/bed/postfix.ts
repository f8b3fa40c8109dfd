import { chownSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { announce } from "./announce.ts";
import type { Bed } from "./bed.ts";
import { isListening } from "./addresses.ts";
import type { KeyPair } from "./certificates.ts";
import { mustRun, type Running, startProcess, untilServing } from "./processes.ts";

/** Debian packages that it takes. */
export const POSTFIX_PACKAGES = ["postfix"] as const;

export interface PostfixOptions {
  /** Names it in its greeting, NAME.postfix.test, and its folder. */
  readonly name: string;
  readonly addresses: readonly string[];
  readonly port: number;
  /** What it offers STARTTLS with; null offers none. */
  readonly tls: KeyPair | null;
  /** The CA of the certificates that it demands of clients; it demands none without. */
  readonly clientCaFile?: string;
}

/** A Postfix with configuration, queue and listeners of its own. */
export interface Postfix {
  readonly running: Running;
  /** Takes the listener on this address away; the others stay as they are. */
  closeListener(address: string): Promise<void>;
  /** Brings a listener back. */
  openListener(address: string): Promise<void>;
}

const services = `
postlog unix-dgram n - n - 1 postlogd
anvil unix - - n - 1 anvil
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
`;

function tlsConfiguration({ tls, clientCaFile }: PostfixOptions): string {
  if (tls === null) return "smtpd_tls_security_level = none";
  const demand = clientCaFile === undefined ? "" : `smtpd_tls_CAfile = ${clientCaFile}`;
  return `
smtpd_tls_security_level = ${clientCaFile === undefined ? "may" : "encrypt"}
smtpd_tls_req_ccert = ${clientCaFile === undefined ? "no" : "yes"}
smtpd_tls_cert_file = ${tls.certFile}
smtpd_tls_key_file = ${tls.keyFile}
${demand}`;
}

function mainConfiguration(folder: string, options: PostfixOptions): string {
  return `
compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
meta_directory = /etc/postfix
maillog_file = /dev/stdout
myhostname = ${options.name}.postfix.test
mydestination = $myhostname
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_transport = discard:
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
${tlsConfiguration(options)}
`;
}

// Changing its effective user loses Postfix the order to die with this process; a shell keeps it.
const keeper = `
trap 'kill -TERM $daemon' TERM
trap 'kill -HUP $daemon' HUP
"$@" & daemon=$!
while kill -0 $daemon 2>/dev/null; do wait $daemon; done
`;

async function createFolders(folder: string): Promise<void> {
  const userId = Number(await mustRun("id", ["--user", "postfix"]));
  for (const owned of ["data", "queue/public", "queue/private", "queue/active"]) {
    mkdirSync(join(folder, owned), { recursive: true, mode: 0o755 });
    chownSync(join(folder, owned), userId, 0);
  }
  mkdirSync(join(folder, "queue/pid"));
  mkdirSync(join(folder, "etc"));
}

/** Starts a Postfix that listens on the addresses, and waits until it does. */
export async function startPostfix(bed: Bed, options: PostfixOptions): Promise<Postfix> {
  const { name, port } = options;
  const folder = join(bed.folder, `postfix-${name}`);
  await createFolders(folder);
  const configuration = join(folder, "etc");
  const mainFile = join(configuration, "main.cf");
  writeFileSync(mainFile, mainConfiguration(folder, options));
  // Postfix waits until the file is two seconds old, lest it reads one half written.
  utimesSync(mainFile, 0, 0);

  const listeners = new Set(options.addresses);
  const writeServices = (): void => {
    const lines = [...listeners].map((address) => `${address}:${port} inet n - n - - smtpd`);
    writeFileSync(join(configuration, "master.cf"), `${lines.join("\n")}${services}`);
  };
  writeServices();
  // The daemon itself and not `postfix start`, which spends two seconds on a check of the queue.
  const daemonFolder = (await mustRun("postconf", ["-h", "daemon_directory"])).trim();
  const running = startProcess(bed, {
    name: `postfix-${name}`,
    command: "sh",
    args: ["-c", keeper, "sh", join(daemonFolder, "master"), "-s", "-c", configuration],
  });

  const wait = (address: string, listening: boolean): Promise<void> =>
    untilServing(
      running,
      `${listening ? "listens" : "listens no longer"} on ${address}:${port}`,
      async () => (await isListening(address, port)) === listening,
    );
  const reload = async (address: string, listening: boolean): Promise<void> => {
    writeServices();
    running.signal("SIGHUP");
    await wait(address, listening);
  };
  await Promise.all(options.addresses.map((address) => wait(address, true)));
  announce(`started Postfix on port ${port} of ${options.addresses.join(", ")}`);

  return {
    running,
    closeListener: (address) => {
      listeners.delete(address);
      return reload(address, false);
    },
    openListener: (address) => {
      listeners.add(address);
      return reload(address, true);
    },
  };
}
