// What the benchmark needs beside the agent: its own C programs, compiled, and blackbox_exporter.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const cSources = join(import.meta.dirname, "c");
const madeHere = join(import.meta.dirname, ".build");

const COMPILER = process.env["CC"] ?? "cc";
const PACKAGE = "prometheus-blackbox-exporter";

/** @param {string} file */
const changedMs = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);

/** @param {string} program */
export const cProgram = (program) => join(madeHere, program);

/** Compiles the programs whose sources have changed. Throws when there is no compiler. */
export function compile() {
  mkdirSync(madeHere, { recursive: true });
  const files = readdirSync(cSources);
  const headersMs = Math.max(
    ...files.filter((file) => file.endsWith(".h")).map((file) => changedMs(join(cSources, file))),
  );
  for (const file of files.filter((each) => each.endsWith(".c"))) {
    const source = join(cSources, file);
    const program = cProgram(file.slice(0, -".c".length));
    if (changedMs(program) > Math.max(changedMs(source), headersMs)) continue;
    const words = ["-O2", "-Wall", "-Wextra", "-D_GNU_SOURCE", "-o", program, source];
    execFileSync(COMPILER, words, { stdio: "inherit" });
  }
}

/** @param {string} command @param {...string} words */
function succeeds(command, ...words) {
  try {
    execFileSync(command, words, { cwd: madeHere, stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/**
 * The path of blackbox_exporter, or null when there is none. Where it is not installed, Debian's
 * package is unpacked beside the compiled programs, so that no service starts on this host.
 */
export function blackboxExporter() {
  const unpacked = join(madeHere, "blackbox", "usr", "bin", PACKAGE);
  const found = ["/usr/bin", "/usr/local/bin"].map((folder) => join(folder, PACKAGE));
  const installed = [...found, unpacked].find((file) => existsSync(file));
  if (installed !== undefined) return installed;
  console.error(`${PACKAGE} is not installed: unpacking Debian's package in ${madeHere}`);
  if (process.geteuid?.() === 0) succeeds("apt-get", "update");
  if (!succeeds("apt-get", "download", PACKAGE)) return null;
  const archive = readdirSync(madeHere).find((file) => file.startsWith(`${PACKAGE}_`));
  const folder = join(madeHere, "blackbox");
  return archive !== undefined && succeeds("dpkg-deb", "-x", archive, folder) ? unpacked : null;
}
