// `npm test`: installs what is missing, then checks format, types, layers and docs, and runs every
// test. System tests run as root on Debian and install the packages they need; elsewhere they are
// skipped, with the reason. Ends in "N passed, N failed".
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { build, ensureInstalled, root } from "./install.mjs";

const bin = (name) => join(root, "node_modules", ".bin", name);

const STEPS = [
  ["format", bin("oxfmt"), ["--check", "src", "test", "bench", "scripts"]],
  [
    "lint and types",
    bin("oxlint"),
    ["--type-aware", "--type-check", "src", "test", "bench", "scripts"],
  ],
  ["unused code", bin("knip"), []],
  ["generated docs", process.execPath, [join(root, "scripts", "docs.mjs"), "--check"]],
  ["tests", bin("vitest"), ["run", ...process.argv.slice(2)]],
];

ensureInstalled();
console.log("build");
build();
for (const [name, command, args] of STEPS) {
  console.log(name);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (error !== undefined) throw error;
  if (status !== 0) {
    console.error(`${name}: failed`);
    process.exit(status ?? 1);
  }
}
