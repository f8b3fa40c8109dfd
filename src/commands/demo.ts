import { parseConfig } from "../config/load.ts";
import { AgentError } from "../errors.ts";
import { startDemoBed } from "../demo/demo-bed.ts";
import { configEnvironment } from "./environment.ts";
import { run, type RunOptions } from "./run.ts";

/** Runs the agent against embedded peers, one of them broken on purpose; prints what to open. */
export async function demo(options: Omit<RunOptions, "load" | "onStarted">): Promise<number> {
  const bed = await startDemoBed().catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new AgentError("LISTEN_FAILED", why, { cause: error });
  });
  try {
    return await run({
      ...options,
      load: () => parseConfig(bed.configuration, "demo.yml", configEnvironment()),
      onStarted: ({ addresses }) => {
        const port = addresses[0]?.port ?? 0;
        const base = `http://localhost:${port}`;
        console.error(`
The demo probes two IP resources and two partners, all embedded and on loopback.
Partner "blocking" is broken on purpose: it refuses whoever calls from IP resource vip-b.

  status    ${base}/
  metrics   ${base}${options.telemetryPath}
  paths     ${base}/api/v1/paths

Ctrl+C ends it.
`);
      },
    });
  } finally {
    await bed.close();
  }
}
