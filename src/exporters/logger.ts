import { isatty } from "node:tty";
import { pino, stdTimeFunctions, type Logger } from "pino";
import { prettyFactory } from "pino-pretty";
import { systemClock, type Clock } from "../clock.ts";
import { LogWriter } from "./log-writer.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ["json", "pretty"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** Some thousand lines: enough for a pause of the reader, too little to matter in memory. */
const BUFFER_BYTES = 1024 * 1024;

/** How the log is written; every field has the default of the command line. */
export interface LogOptions {
  /** Default `info`. */
  readonly level?: LogLevel;
  /** Default: `pretty` on a terminal, `json` elsewhere. */
  readonly format?: LogFormat;
  /** Default: standard output. */
  readonly fd?: number;
  readonly bufferBytes?: number;
  readonly clock?: Clock;
}

/** The agent's log. */
export interface AgentLog {
  readonly logger: Logger;
  /** Lines lost so far because nobody read them. */
  droppedLines(): number;
  /** Writes what is held, for at most `limitMs`; later lines are lost. */
  end(limitMs: number): Promise<void>;
}

/**
 * Opens the log. Times are ISO 8601, levels are words. A reader that stops reading stops nothing:
 * lines are held up to a bound, then dropped, and their number is logged once the reader is back.
 */
export function openLog(options: LogOptions = {}): AgentLog {
  const fd = options.fd ?? process.stdout.fd;
  const format = options.format ?? (isatty(fd) ? "pretty" : "json");
  const writer = new LogWriter({
    fd,
    bufferBytes: options.bufferBytes ?? BUFFER_BYTES,
    clock: options.clock ?? systemClock,
    onCaughtUp: (lines) => {
      logger.warn({ lines }, "log lines were dropped, nobody read them");
    },
  });
  const pretty = prettyFactory({
    colorize: isatty(fd),
    singleLine: true,
    translateTime: false,
  });
  const logger = pino(
    {
      level: options.level ?? "info",
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    format === "json"
      ? writer
      : {
          write: (line: string) => {
            writer.write(pretty(line));
          },
        },
  );
  const flush = (): void => {
    writer.flushSync();
  };
  process.once("exit", flush);
  return {
    logger,
    droppedLines: () => writer.droppedLines,
    end: async (limitMs) => {
      await writer.end(limitMs);
      process.off("exit", flush);
    },
  };
}
