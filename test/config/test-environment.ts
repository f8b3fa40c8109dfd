import type { ConfigEnvironment } from "../../src/config/environment.ts";
import { parseConfig } from "../../src/config/load.ts";
import type { LoadedConfig } from "../../src/config/load.ts";
import type { AgentConfig } from "../../src/config/model.ts";
import { formatProblem } from "../../src/config/problem.ts";
import { cronIntervalMs, validCron } from "../../src/schedule/cron.ts";
import { testProbeTypes } from "./test-probe-types.ts";

/** A machine with Linux's usual ephemeral ports. */
export const testEnvironment: ConfigEnvironment = {
  probeTypes: testProbeTypes,
  validCron,
  cronIntervalMs,
  hostname: "node-1",
  ephemeralPorts: { from: 32_768, to: 60_999 },
};

/** Judges a text as the file `/etc/t.yml`. */
export function judge(text: string, environment = testEnvironment): LoadedConfig {
  return parseConfig(text, "/etc/t.yml", environment);
}

/** The configuration of a text that must be valid. */
export function configOf(text: string, environment = testEnvironment): AgentConfig {
  const loaded = judge(text, environment);
  if (!loaded.ok) throw new Error(loaded.errors.map(formatProblem).join("\n"));
  return loaded.config;
}

/** The errors of a text as lines without the file's name. */
export function errorsOf(text: string, environment = testEnvironment): readonly string[] {
  const loaded = judge(text, environment);
  return loaded.ok
    ? []
    : loaded.errors.map((error) => formatProblem(error).slice("/etc/t.yml:".length));
}

/** The warnings of a text that must be valid, without the file's name. */
export function warningsOf(text: string, environment = testEnvironment): readonly string[] {
  const loaded = judge(text, environment);
  if (!loaded.ok) throw new Error(loaded.errors.map(formatProblem).join("\n"));
  return loaded.warnings.map((warning) => warning.slice("/etc/t.yml:".length));
}
