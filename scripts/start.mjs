// `npm start`: installs and compiles what is missing, then runs the agent; without a configuration
// file, its demo. Everything after `npm start --` goes to the agent.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { build, ensureInstalled, root } from "./install.mjs";

ensureInstalled();
build();

const args = process.argv.slice(2);
const hasConfiguration = args.some((argument) => argument.startsWith("--config.file"));
const isCommand = args.length > 0 && !args[0].startsWith("-");
const asksOnly = args.some((argument) => ["--help", "-h", "--version"].includes(argument));
const command = hasConfiguration || isCommand || asksOnly ? args : ["demo", ...args];
if (command[0] === "demo") console.error("no --config.file: running the embedded demo");

const agent = spawn(process.execPath, [join(root, "dist", "main.js"), ...command], {
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => agent.kill(signal));
agent.on("exit", (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 128);
});
