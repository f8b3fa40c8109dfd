import { z } from "zod";
import type { Phase } from "../../src/errors.ts";
import type { ProbeResult } from "../../src/events.ts";
import { SourcePorts, type PortRange } from "../../src/net/source-ports.ts";
import { defineProbe, type FactDeclaration, type ProbeContext } from "../../src/probe.ts";
import { Runner, type ProbeRequest } from "../../src/runner.ts";
import { TimingWheel } from "../../src/schedule/timing-wheel.ts";
import { ManualClock } from "./manual-clock.ts";

/** Facts that a made up probe can publish. */
const facts = {
  count: { metric: "mta_test_count", help: "A number." },
  kind: { metric: "mta_test_kind", help: "A kind.", labels: ["kind"] },
} satisfies Record<string, FactDeclaration>;

export type TestContext = ProbeContext<typeof facts>;

export interface TestRun {
  readonly run: (context: TestContext) => Promise<void>;
  readonly port?: number;
  readonly address?: string | null;
  readonly source?: string;
  readonly resolve?: () => Promise<string>;
  readonly timeoutMs?: number;
  readonly phaseTimeoutsMs?: Partial<Record<Phase, number>>;
  readonly sourcePorts?: PortRange;
}

/** A runner on a clock that the test moves; its connections are real ones. */
export class RunnerBench {
  readonly clock = new ManualClock();
  readonly wheel = new TimingWheel(this.clock);

  /** Runs a probe made up of the function given. */
  async run(given: TestRun): Promise<ProbeResult> {
    return this.runner(given.sourcePorts).run(this.#request(given));
  }

  runner(sourcePorts: PortRange = { from: 61_000, to: 65_535 }): Runner {
    return new Runner({
      clock: this.clock,
      timers: this.wheel,
      ports: new SourcePorts(sourcePorts),
      byteLimit: 65_536,
    });
  }

  #request({ run, port = 9, address, source, resolve, ...limits }: TestRun): ProbeRequest {
    const type = defineProbe({
      type: "test",
      summary: "A probe made up for a test.",
      settings: z.strictObject({ port: z.int() }),
      phases: ["resolve", "source", "connect", "banner", "ehlo", "quit"],
      facts,
      closesFirst: false,
      run,
    });
    const target = {
      host: "mx.example.test",
      address: address === undefined ? "127.0.0.1" : address,
      port,
      source: source ?? null,
      ...(resolve === undefined ? {} : { resolve }),
    };
    const { timeoutMs = 10_000, phaseTimeoutsMs = {} } = limits;
    return { type, settings: { port }, target, timeoutMs, phaseTimeoutsMs };
  }
}
