#!/usr/bin/env node
import { Command, CommanderError, Option } from "commander";
import { check } from "./commands/check.ts";
import { demo } from "./commands/demo.ts";
import { configEnvironment } from "./commands/environment.ts";
import { probe } from "./commands/probe.ts";
import { rules } from "./commands/rules.ts";
import { run } from "./commands/run.ts";
import { schema } from "./commands/schema.ts";
import { loadConfig } from "./config/load.ts";
import { AgentError } from "./errors.ts";
import { probeTypes } from "./probe-types.ts";
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from "./exporters/logger.ts";
import { VERSION } from "./version.ts";

const USAGE_EXIT_CODE = 2;

interface WebFlags {
  readonly "web.listenAddress": readonly string[];
  readonly "web.telemetryPath": string;
  readonly "web.config.file"?: string;
  readonly "web.externalUrl"?: string;
  readonly "log.level": LogLevel;
  readonly "log.format"?: LogFormat;
}

interface ProbeFlags {
  readonly module: string;
  readonly "config.file"?: string;
  readonly source?: string;
  readonly timeout?: string;
  readonly json?: true;
}

interface RulesFlags {
  readonly "config.file"?: string;
  readonly for?: string;
  readonly "runbook.baseUrl"?: string;
}

const repeated = (value: string, values: readonly string[] | undefined): readonly string[] => [
  ...(values ?? []),
  value,
];

function withWebFlags(command: Command): Command {
  return command
    .option(
      "--web.listen-address <address>",
      "address to listen on; repeatable (default :10225)",
      repeated,
    )
    .option("--web.telemetry-path <path>", "path of the metrics", "/metrics")
    .option(
      "--web.config.file <file>",
      "TLS and basic auth, as Prometheus's exporter-toolkit has them",
    )
    .option(
      "--web.external-url <url>",
      "where people find it, for links in alerts (default: this host)",
    )
    .addOption(
      new Option("--log.level <level>", "least level logged").choices(LOG_LEVELS).default("info"),
    )
    .addOption(
      new Option("--log.format <format>", "default: pretty on a terminal, else json").choices(
        LOG_FORMATS,
      ),
    );
}

function runOptions(flags: WebFlags) {
  return {
    listenAddresses: flags["web.listenAddress"] ?? [":10225"],
    telemetryPath: flags["web.telemetryPath"],
    webConfigFile: flags["web.config.file"],
    externalUrl: flags["web.externalUrl"],
    logLevel: flags["log.level"],
    logFormat: flags["log.format"],
  };
}

const program = new Command("mta-exporter")
  .description(
    "Tests MTA connectivity on every IP resource, inbound and outbound, and exports it to Prometheus.",
  )
  .version(VERSION, "--version")
  .exitOverride()
  .configureHelp({ showGlobalOptions: true });

/** The default command would take it for an argument of its own, and miss its options first. */
function refuseUnknownCommand(first: string | undefined): void {
  if (first === undefined || first.startsWith("-")) return;
  const names = [...program.commands.map((command) => command.name()), "help"];
  if (names.includes(first)) return;
  program.error(`error: there is no command '${first}': there are ${names.join(", ")}`);
}

const builtIn = probeTypes.map(({ type }) => type).join(", ");

const print = (text: string): void => {
  process.stdout.write(text);
};

const printError = (text: string): void => {
  process.stderr.write(text);
};

const exitWith = (code: number): void => {
  process.exitCode = code;
};

withWebFlags(program.command("run", { isDefault: true }))
  .description("run the agent (the default command)")
  .requiredOption("--config.file <file>", "configuration file")
  .action(async (flags: WebFlags & { readonly "config.file": string }) => {
    const load = () => loadConfig(flags["config.file"], configEnvironment());
    exitWith(await run({ ...runOptions(flags), load }));
  });

withWebFlags(program.command("demo"))
  .description("run the agent against embedded peers, one of them broken on purpose")
  .action(async (flags: WebFlags) => {
    exitWith(await demo(runOptions(flags)));
  });

program
  .command("check <file>")
  .description("validate a configuration file: a summary, or every error with its place")
  .action((file: string) => {
    exitWith(check(file, { stdout: print, stderr: printError }, configEnvironment()));
  });

program
  .command("probe <target>")
  .description("one probe now: HOST, HOST:PORT or [IPv6]:PORT")
  .requiredOption("--module <name>", `a module of the configuration, or one built in: ${builtIn}`)
  .option("--config.file <file>", "configuration file with the module")
  .option("--source <address>", "address to leave from, or the name of an IP resource")
  .option("--timeout <duration>", "limit of the whole probe, such as 5s (default: the module's)")
  .option("--json", "one JSON object instead of text")
  .addHelpText(
    "after",
    "\nExit code: 0 success, 1 the probe failed, 2 usage or configuration error.",
  )
  .action(async (target: string, flags: ProbeFlags) => {
    const options = {
      module: flags.module,
      configFile: flags["config.file"],
      source: flags.source,
      timeout: flags.timeout,
      json: flags.json === true,
      color: process.stdout.isTTY && process.env["NO_COLOR"] === undefined,
    };
    exitWith(await probe(target, options, process.stdout));
  });

program
  .command("rules")
  .description("print alerting and recording rules for Prometheus")
  .option("--config.file <file>", "configuration file, checked for errors first")
  .option("--for <duration>", "how long a path may fail before its alert fires (default: 1m)")
  .option("--runbook.base-url <url>", "where the runbook pages are found")
  .action((flags: RulesFlags) => {
    const load = flags["config.file"];
    if (
      load !== undefined &&
      check(load, { stdout: () => {}, stderr: printError }, configEnvironment()) !== 0
    ) {
      exitWith(USAGE_EXIT_CODE);
      return;
    }
    rules({ for: flags.for, runbookBaseUrl: flags["runbook.baseUrl"] }, process.stdout);
  });

program
  .command("schema")
  .description("print the JSON Schema of the configuration")
  .action(() => {
    schema(probeTypes, print);
  });

// Whoever reads the output may have seen enough, as `head` has.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  refuseUnknownCommand(process.argv[2]);
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT_CODE;
  else if (error instanceof AgentError) {
    console.error(`mta-exporter: ${error.message}`);
    process.exitCode = USAGE_EXIT_CODE;
  } else throw error;
}
