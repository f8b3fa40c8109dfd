// Installs what the lock file names, unless node_modules already holds exactly that.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..");

const stamp = join(root, "node_modules", ".installed-lock");

function lockHash() {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
}

// What is printed on the way to a command must not mix with what the command prints.
const ON_STDERR = ["inherit", 2, 2];

/** Runs npm with the Node.js that runs this script. */
function npm(...args) {
  const cli = process.env.npm_execpath;
  const [command, first] = cli === undefined ? ["npm", []] : [process.execPath, [cli]];
  execFileSync(command, [...first, ...args], { cwd: root, stdio: ON_STDERR });
}

/** Makes node_modules hold what package-lock.json names; says so when there is something to do. */
export function ensureInstalled() {
  const wanted = lockHash();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  console.error("installing the packages of package-lock.json (npm ci)");
  npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error");
  writeFileSync(stamp, wanted);
}

/** Compiles src to dist when that is not up to date; the compiler finds out itself. */
export function build() {
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const project = join(root, "tsconfig.json");
  execFileSync(process.execPath, [tsc, "-p", project], { cwd: root, stdio: ON_STDERR });
}
