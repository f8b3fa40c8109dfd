import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./addresses.ts";
import type { Bed } from "./bed.ts";
import { Exposition } from "./exposition.ts";
import type { Host } from "./namespaces.ts";
import {
  type Finished,
  mustRun,
  type ProcessOptions,
  run,
  type Running,
  type RunOptions,
  startProcess,
  untilServing,
} from "./processes.ts";

const root = join(import.meta.dirname, "../../..");
const mainFile = join(root, "dist/main.js");

export interface AgentOptions {
  /** Tells agents of one bed apart. */
  readonly name?: string;
  /** The configuration; it is written as JSON, which is YAML. Without it, the demo is run. */
  readonly config?: object;
  /** The host of a test network on which it runs; this machine without it. */
  readonly host?: Host;
}

/** One line of the agent's log. */
type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

/** The agent as users run it: a process of its own, seen through HTTP, log and signals. */
export interface Agent {
  readonly running: Running;
  readonly configFile: string;
  /** HOST:PORT of its HTTP interface. */
  readonly address: string;
  /** Writes another configuration file in the place of the one before; a text is written as it is. */
  configure(config: object | string): void;
  /** The body of an answer of class 2xx. */
  get(path: string): Promise<string>;
  metrics(): Promise<Exposition>;
  log(): readonly LogLine[];
  /** Waits until the first round is over. */
  ready(timeoutMs?: number): Promise<void>;
}

let built: Promise<string> | null = null;

/** Compiles what is not up to date in dist/: mostly nothing, which takes half a second. */
function build(): Promise<string> {
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  built ??= mustRun(process.execPath, [compiler, "-p", join(root, "tsconfig.json")]);
  return built;
}

/** Runs one of the commands that come to an end: check, probe, rules … */
export async function runMain(
  args: readonly string[],
  options: RunOptions & { readonly host?: Host } = {},
): Promise<Finished> {
  await build();
  const words = [mainFile, ...args];
  if (options.host !== undefined) return options.host.run(process.execPath, words);
  return run(process.execPath, words, options);
}

function parseLog(text: string): readonly LogLine[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("{") && line.endsWith("}"))
    .map((line) => JSON.parse(line) as LogLine);
}

/** Starts the agent and waits until it answers HTTP. */
export async function startAgent(bed: Bed, options: AgentOptions): Promise<Agent> {
  const { name = "agent", host } = options;
  await build();
  const address = `127.0.0.1:${await freePort()}`;
  const configFile = join(bed.folder, `${name}.yml`);
  const configure: Agent["configure"] = (config) => {
    writeFileSync(configFile, typeof config === "string" ? config : JSON.stringify(config));
  };
  if (options.config !== undefined) configure(options.config);

  const started: ProcessOptions = {
    name,
    command: process.execPath,
    args: [
      mainFile,
      ...(options.config === undefined ? ["demo"] : ["run", `--config.file=${configFile}`]),
      `--web.listen-address=${address}`,
      "--log.format=json",
    ],
  };
  const running = host === undefined ? startProcess(bed, started) : host.start(started);

  const get = async (path: string): Promise<string> => {
    const url = `http://${address}${path}`;
    if (host !== undefined) return host.get(url);
    const response = await fetch(url);
    const text = await response.text();
    if (!response.ok) throw new Error(`${url} answers ${response.status}: ${text}`);
    return text;
  };
  const answers = (path: string, timeoutMs: number): Promise<void> =>
    untilServing(running, `answers ${path}`, () => get(path).then(() => true), timeoutMs);
  await answers("/-/healthy", 15_000);

  return {
    running,
    address,
    configFile,
    configure,
    get,
    metrics: async () => new Exposition(await get("/metrics")),
    log: () => parseLog(running.log()),
    ready: (timeoutMs = 30_000) => answers("/-/ready", timeoutMs),
  };
}
