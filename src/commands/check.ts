import type { ConfigEnvironment } from "../config/environment.ts";
import { loadConfig } from "../config/load.ts";
import { formatProblem } from "../config/problem.ts";
import { summary } from "../config/summary.ts";

/** Where a command writes to. */
export interface Output {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

/**
 * Judges a configuration file: a summary on stdout, or every error on stderr, a line each.
 * Returns the exit code.
 */
export function check(file: string, out: Output, environment: ConfigEnvironment): 0 | 1 {
  const loaded = loadConfig(file, environment);
  if (!loaded.ok) {
    for (const problem of loaded.errors) out.stderr(`${formatProblem(problem)}\n`);
    return 1;
  }
  for (const warning of loaded.warnings) out.stderr(`warning: ${warning}\n`);
  out.stdout(`${file} is valid\n${summary(loaded.config, environment)}\n`);
  return 0;
}
