import { AgentError } from "../errors.ts";

const taken = new Set(["/probe", "/config"]);

/**
 * Checks `--web.telemetry-path`. `/` is allowed: the metrics then stand where the status page would
 * be. Throws an `AgentError` with code `USAGE`.
 */
export function checkTelemetryPath(path: string): void {
  const wrong = (what: string) =>
    new AgentError("USAGE", `--web.telemetry-path ${JSON.stringify(path)}: ${what}`);
  if (!path.startsWith("/")) throw wrong("a path starts with a slash");
  if (!/^[\w./~-]+$/.test(path)) throw wrong("allowed are letters, digits and . _ ~ - /");
  if (taken.has(path) || /^\/(api|-)(\/|$)/.test(path)) throw wrong("that path is taken");
}
