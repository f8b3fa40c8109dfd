import { systemClock } from "../../src/clock.ts";
import type { Phase } from "../../src/errors.ts";
import type { ProbeResult } from "../../src/events.ts";
import { SourcePorts } from "../../src/net/source-ports.ts";
import type { ProbeType } from "../../src/probe.ts";
import { Runner } from "../../src/runner.ts";
import { TimingWheel } from "../../src/schedule/timing-wheel.ts";

export interface Run {
  readonly type: ProbeType;
  readonly port: number;
  /** Settings as they would stand in the configuration, without the port. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly address?: string;
  readonly host?: string;
  readonly source?: string;
  readonly timeoutMs?: number;
  readonly phaseTimeoutsMs?: Partial<Record<Phase, number>>;
  readonly byteLimit?: number;
}

/** Runs one probe over real sockets and waits until its connection is gone. */
export async function runProbe(run: Run): Promise<ProbeResult> {
  const timers = new TimingWheel(systemClock);
  const runner = new Runner({
    clock: systemClock,
    timers,
    ports: new SourcePorts({ from: 61_000, to: 65_535 }),
    byteLimit: run.byteLimit ?? 65_536,
  });
  const address = run.address ?? "127.0.0.1";
  const result = await runner.run({
    type: run.type,
    settings: run.type.settings.parse({ ...run.settings, port: run.port }) as { port: number },
    target: { host: run.host ?? address, address, port: run.port, source: run.source ?? null },
    timeoutMs: run.timeoutMs ?? 2_000,
    phaseTimeoutsMs: run.phaseTimeoutsMs ?? {},
  });
  await runner.idle();
  timers.stop();
  return result;
}
