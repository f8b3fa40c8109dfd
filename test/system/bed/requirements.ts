import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { announce } from "./announce.ts";
import { run } from "./processes.ts";

/** What the kernel has to allow beside the rights of root. */
type Ability = "network namespaces" | "overlay file systems";

export interface Requirements {
  /** Debian packages; the missing ones are installed. */
  readonly packages: readonly string[];
  readonly abilities?: readonly Ability[];
}

const policyFile = "/usr/sbin/policy-rc.d";
const policyText = "#!/bin/sh\n# Written by the system tests of mta-exporter.\nexit 101\n";

const installWords =
  "install --yes --no-install-recommends --no-upgrade --no-remove --option DPkg::Lock::Timeout=120";

const abilityChecks: Readonly<Record<Ability, string>> = {
  "network namespaces": "unshare --net ip link add veth0 type veth peer name veth1",
  "overlay file systems":
    "d=$(mktemp -d) && mkdir $d/up $d/work $d/at && " +
    "unshare --mount --pid --fork --propagation private sh -c " +
    '"mount -t overlay overlay -o lowerdir=/,upperdir=$d/up,workdir=$d/work $d/at' +
    ' && mount -t proc proc $d/at/proc"; code=$?; rm -rf $d; exit $code',
};

function isDebian(): boolean {
  if (!existsSync("/etc/os-release")) return false;
  return /^ID(?:_LIKE)?=.*debian/mu.test(readFileSync("/etc/os-release", "utf8"));
}

async function missingPackages(packages: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await run("dpkg-query", [
    "--show",
    "--showformat",
    "${Package} ${db:Status-Status}\n",
    ...packages,
  ]);
  const installed = new Set(stdout.split("\n"));
  return packages.filter((name) => !installed.has(`${name} installed`));
}

/**
 * Runs an installation during which no service is started or stopped: Debian asks policy-rc.d. A
 * policy that is there already is its owner's, and stays.
 */
async function withServicesAtRest<T>(change: () => Promise<T>): Promise<T> {
  const left = existsSync(policyFile) && readFileSync(policyFile, "utf8") === policyText;
  if (existsSync(policyFile) && !left) return change();
  writeFileSync(policyFile, policyText, { mode: 0o755 });
  try {
    return await change();
  } finally {
    rmSync(policyFile);
  }
}

/** Installs the packages without touching any other; returns why it could not, or null. */
async function install(packages: readonly string[]): Promise<string | null> {
  announce(`installing with apt-get: ${packages.join(" ")}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const timeoutMs = 300_000;
  const update = await run("apt-get", ["update"], { env, timeoutMs });
  const { code, stderr } = await withServicesAtRest(() =>
    run("apt-get", [...installWords.split(" "), ...packages], { env, timeoutMs }),
  );
  if (code === 0) return null;
  const said = `${update.stderr}\n${stderr}`.trim().split("\n").at(-1) ?? "";
  return `apt-get could not install ${packages.join(" ")}: ${said}`;
}

async function firstObstacle(requirements: Requirements): Promise<string | null> {
  if (process.platform !== "linux" || !isDebian()) return "this is not Debian";
  if (process.geteuid?.() !== 0) return "not run as root";
  const missing = await missingPackages(requirements.packages);
  const failed = missing.length > 0 ? await install(missing) : null;
  if (failed !== null) return failed;
  const checks = (requirements.abilities ?? []).map(async (ability) => {
    const { code } = await run("sh", ["-c", abilityChecks[ability]]);
    return code === 0 ? [] : [`the kernel allows no ${ability} here`];
  });
  return (await Promise.all(checks)).flat()[0] ?? null;
}

/**
 * Readies this machine for the tests of `what`: installs the packages that are missing. Returns
 * null, or why these tests have to be left out; then it has said so, and they are to be skipped.
 */
export async function whyLeftOut(what: string, requirements: Requirements): Promise<string | null> {
  const obstacle = await firstObstacle(requirements);
  if (obstacle !== null) announce(`left out: ${what}: ${obstacle}`);
  return obstacle;
}
