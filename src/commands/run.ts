import { Agent, type AgentOptions } from "../agent.ts";
import { AgentError } from "../errors.ts";
import { type LogFormat, type LogLevel, openLog } from "../exporters/logger.ts";
import { keepObjectsYoung } from "./young-objects.ts";

/** What the command line says of a running agent. */
export interface RunOptions {
  readonly load: AgentOptions["load"];
  readonly listenAddresses: readonly string[];
  readonly telemetryPath: string;
  readonly webConfigFile: string | undefined;
  readonly externalUrl: string | undefined;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat | undefined;
  /** Called once it listens. */
  readonly onStarted?: (agent: Agent) => void;
}

/** Milliseconds that a shutdown may wait for whoever reads the log. */
const LOG_END_MS = 1_000;

/**
 * Runs the agent until SIGTERM or SIGINT; SIGHUP reloads. Resolves to the exit code: 0 after an
 * orderly stop, 1 when it could not start. A second signal exits at once.
 */
export async function run(options: RunOptions): Promise<number> {
  keepObjectsYoung();
  const log = openLog({
    level: options.logLevel,
    ...(options.logFormat === undefined ? {} : { format: options.logFormat }),
  });
  try {
    const agent = new Agent({ ...options, log });
    const stopped = signalled();
    const reload = (): void => void agent.reload();
    process.on("SIGHUP", reload);
    await agent.start();
    options.onStarted?.(agent);
    await agent.stop(await stopped);
    process.off("SIGHUP", reload);
    return 0;
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    log.logger.fatal({ code: error.code }, error.message);
    return 1;
  } finally {
    await log.end(LOG_END_MS);
  }
}

/** The first signal to stop; a second one does not wait. */
async function signalled(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = (signal: string): void => {
      if (asked) process.exit(1);
      asked = true;
      resolve(signal);
    };
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);
  });
}
