import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { announce } from "./announce.ts";
import type { Bed } from "./bed.ts";
import { mustRun, startProcess, type Running } from "./processes.ts";

// Kept from one run to the next: what was installed once is copied by whoever needs it.
const cacheFolder = "/var/tmp/mta-exporter-test";

/** This machine's file system with other packages in it, seen by its own processes alone. */
export interface OverlayRoot {
  /** Runs a shell script as root of this file system; it has to succeed. */
  run(script: string): Promise<void>;
  /** Writes a file into it. */
  write(path: string, text: string, mode?: number): Promise<void>;
  /** Starts a process in it, on this machine's network. */
  start(command: string, args: readonly string[]): Running;
}

// The layers are joined in a mount namespace: whatever becomes of the tests, nothing stays mounted.
// The shell stays, as the first process of the PID namespace: a set-user-ID program such as Exim
// would lose the order to die with its parent, and with the shell dies all that it started.
const entry = `
set -e
layers=$1; hostname "$2"; shift 2
mount -t overlay overlay -o "lowerdir=/,upperdir=$layers/upper,workdir=$layers/work" "$layers/root"
mount -t proc proc "$layers/root/proc"
mount --rbind /dev "$layers/root/dev"
chroot "$layers/root" "$@"
exit $?
`;

/** The arguments of `unshare` that run a command within the layers that a folder holds. */
function inside(
  layers: string,
  hostName: string,
  command: string,
  args: readonly string[],
): readonly string[] {
  for (const part of ["upper", "work", "root"]) mkdirSync(join(layers, part), { recursive: true });
  const apart = "--mount --propagation private --uts --pid --fork --kill-child --".split(" ");
  return [...apart, "sh", "-c", entry, "sh", layers, hostName, command, ...args];
}

function installation(hostName: string, packages: readonly string[]): string {
  return `
set -e
cat /etc/resolv.conf >/etc/resolv.conf.copy
rm /etc/resolv.conf
mv /etc/resolv.conf.copy /etc/resolv.conf
printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
# A host name without a domain makes Sendmail wait a minute for a better one.
echo '127.0.0.1 localhost ${hostName} ${hostName.split(".")[0] ?? ""}' >/etc/hosts
install() {
  apt-get install --yes --no-install-recommends --option Dpkg::Options::=--force-unsafe-io \\
    ${packages.join(" ")}
}
export DEBIAN_FRONTEND=noninteractive
install || { apt-get update; install; }
`;
}

/** Tells this machine's packages from other ones: a layer over others does not fit any more. */
function systemState(): string {
  const { mtimeMs, size } = statSync("/var/lib/dpkg/status");
  return createHash("sha256").update(`${mtimeMs} ${size}`).digest("hex").slice(0, 16);
}

/** Installs the packages into a layer over this machine's file system, or finds that done. */
async function installedLayer(
  name: string,
  hostName: string,
  packages: readonly string[],
): Promise<string> {
  const folder = join(cacheFolder, `${name}-${systemState()}`);
  if (existsSync(folder)) return folder;
  announce(`installing with apt-get, into ${folder}: ${packages.join(" ")}`);
  mkdirSync(cacheFolder, { recursive: true });
  for (const stale of readdirSync(cacheFolder)) {
    if (stale.startsWith(`${name}-`)) rmSync(join(cacheFolder, stale), { recursive: true });
  }
  const layers = mkdtempSync(join(cacheFolder, "installing-"));
  try {
    const script = installation(hostName, packages);
    const args = inside(layers, hostName, "sh", ["-c", script]);
    await mustRun("unshare", args, { timeoutMs: 300_000 });
    renameSync(join(layers, "upper"), folder);
  } finally {
    rmSync(layers, { recursive: true, force: true });
  }
  return folder;
}

/**
 * Makes a root file system over this machine's own, with packages that could not live beside its
 * own ones. The first run installs them; what is written into it later ends with the bed.
 */
export async function createOverlayRoot(
  bed: Bed,
  name: string,
  packages: readonly string[],
): Promise<OverlayRoot> {
  const hostName = `${name}.example.test`;
  const layers = join(bed.folder, name);
  mkdirSync(layers);
  const installed = await installedLayer(name, hostName, packages);
  await mustRun("cp", ["--archive", installed, join(layers, "upper")]);
  const runInside = async (script: string, input = ""): Promise<void> => {
    await mustRun("unshare", inside(layers, hostName, "sh", ["-ec", script]), { input });
  };
  return {
    run: runInside,
    write: (path, text, mode = 0o644) =>
      runInside(`cat >'${path}' && chmod ${mode.toString(8)} '${path}'`, text),
    start: (command, args) =>
      startProcess(bed, {
        name,
        command: "unshare",
        args: inside(layers, hostName, command, args),
        // It hears no SIGTERM while it waits for the namespace's first process.
        stopSignal: "SIGKILL",
      }),
  };
}
