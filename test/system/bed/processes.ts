import { execFile, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Bed } from "./bed.ts";
import { until } from "./until.ts";

const stopWithinMs = 10_000;
const tailLines = 20;

/** Of util-linux: gives a process the order to die with the one that started it. */
const keeper = "setpriv";

/** How a process ended: by itself with a code, or by a signal. */
interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** Runs a command to its end; a code other than 0 is an answer, not an error. */
export function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      {
        env: { ...process.env, ...options.env },
        cwd: options.cwd,
        timeout: options.timeoutMs ?? 60_000,
        maxBuffer: 64 * 1024 * 1024,
        encoding: "utf8",
      },
      (error, stdout, stderr) => {
        if (error === null) resolve({ code: 0, stdout, stderr });
        else if (typeof error.code === "number") resolve({ code: error.code, stdout, stderr });
        else reject(error);
      },
    );
    // A command that does not read its input may be gone before it is written.
    child.stdin?.once("error", () => {});
    child.stdin?.end(options.input ?? "");
  });
}

/** Runs a command that has to succeed, and returns its standard output. */
export async function mustRun(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code === 0) return stdout;
  throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${stderr || stdout}`);
}

export interface ProcessOptions extends Omit<RunOptions, "input" | "timeoutMs"> {
  /** Names its log file; no two of a bed are alike. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** What ends it in good order; SIGTERM by default. */
  readonly stopSignal?: NodeJS.Signals;
}

/** A process that runs until it is stopped, or the bed's tests are over. */
export interface Running {
  readonly name: string;
  readonly pid: number;
  /** Standard output and standard error so far. */
  log(): string;
  /** The last lines of the log, for an error message. */
  logTail(): string;
  signal(signal: NodeJS.Signals): void;
  /** How it ended, or null while it runs. */
  exit(): Exit | null;
  /** Waits for its end. */
  ended(timeoutMs?: number): Promise<Exit>;
  /** Asks it to end, and kills it with all it started when it does not within the time. */
  stop(withinMs?: number): Promise<Exit>;
}

/**
 * Starts a process in a group of its own. The kernel ends it when this process dies, so that a
 * crash of a test run leaves nothing behind.
 */
export function startProcess(bed: Bed, options: ProcessOptions): Running {
  const { name, stopSignal = "SIGTERM" } = options;
  const logFile = join(bed.folder, `${name}.log`);
  const output = openSync(logFile, "a");
  const deathSignal = stopSignal.replace(/^SIG/u, "");
  const child = spawn(
    keeper,
    ["--pdeathsig", deathSignal, "--", options.command, ...options.args],
    {
      detached: true,
      stdio: ["ignore", output, output],
      cwd: options.cwd ?? bed.folder,
      env: { ...process.env, ...options.env },
    },
  );
  closeSync(output);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name}: setpriv cannot be started`);

  let exit: Exit | null = null;
  child.once("exit", (code, signal) => {
    exit = { code, signal };
  });

  const log = (): string => readFileSync(logFile, "utf8");
  const logTail = (): string => log().split("\n").slice(-tailLines).join("\n");
  const ended = (timeoutMs = stopWithinMs): Promise<Exit> =>
    until(`${name} ends`, () => exit, { timeoutMs, state: logTail });
  const stop = async (withinMs = stopWithinMs): Promise<Exit> => {
    if (exit !== null) return exit;
    child.kill(stopSignal);
    try {
      return await ended(withinMs);
    } catch {
      process.kill(-pid, "SIGKILL");
      return ended();
    }
  };
  bed.atEnd(() => stop());

  return {
    name,
    pid,
    log,
    logTail,
    signal: (signal) => void child.kill(signal),
    exit: () => exit,
    ended,
    stop,
  };
}

/**
 * Waits until a process does what it was started for. Fails at once when it has ended, and after
 * the time; either way with the end of its log.
 */
export async function untilServing(
  running: Running,
  what: string,
  ask: () => boolean | Promise<boolean>,
  timeoutMs = 30_000,
): Promise<void> {
  let ended = false;
  const state = (): string => running.logTail();
  await until(
    `${running.name}: ${what}`,
    () => {
      ended = running.exit() !== null;
      return ended || ask();
    },
    { timeoutMs, state },
  );
  if (ended) throw new Error(`${running.name} has ended:\n${state()}`);
}
