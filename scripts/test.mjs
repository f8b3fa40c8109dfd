// `npm test`: installs what is missing, then checks format, types, layers and docs, and runs every
// test. System tests run as root on Debian and install the packages they need; elsewhere they are
// skipped, with the reason. Ends in "N passed, N failed".
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { build, ensureInstalled, root } from "./install.mjs";

const bin = (name) => join(root, "node_modules", ".bin", name);

const sources = ["src", "test", "bench", "scripts"];

/** Runs one step to its end; the first that fails is the last. */
function step(name, command, ...args) {
  console.log(name);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (error !== undefined) throw error;
  if (status === 0) return;
  console.error(`${name}: failed`);
  process.exit(status ?? 1);
}

ensureInstalled();
console.log("build");
build();
step("format", bin("oxfmt"), "--check", ...sources);
step("lint, types and layers", bin("oxlint"), "--type-aware", "--type-check", ...sources);
step("unused code", bin("knip"));
step("generated docs", process.execPath, join(root, "scripts", "docs.mjs"), "--check");
step("tests", bin("vitest"), "run", ...process.argv.slice(2));
