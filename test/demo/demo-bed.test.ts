import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { configEnvironment } from "../../src/commands/environment.ts";
import { parseConfig } from "../../src/config/load.ts";
import type { AgentConfig } from "../../src/config/model.ts";
import { type DemoBed, startDemoBed } from "../../src/demo/demo-bed.ts";
import { PathInventory } from "../../src/inventory/paths.ts";
import { SourcePorts } from "../../src/net/source-ports.ts";
import { Runner } from "../../src/runner.ts";
import { TimingWheel } from "../../src/schedule/timing-wheel.ts";

let bed: DemoBed;
let config: AgentConfig;
let warnings: readonly string[];

beforeAll(async () => {
  bed = await startDemoBed();
  const loaded = parseConfig(bed.configuration, "demo.yml", configEnvironment());
  if (!loaded.ok) throw new Error(loaded.errors.map(({ problem }) => problem).join("\n"));
  ({ config, warnings } = loaded);
});

afterAll(async () => {
  await bed.close();
});

/** How each path of the demo goes, as `ip_resource>peer outcome`. */
async function outcomes(): Promise<readonly string[]> {
  const timers = new TimingWheel(systemClock);
  const ports = new SourcePorts(config.sourcePorts);
  const runner = new Runner({ clock: systemClock, timers, ports, byteLimit: 65_536 });
  const paths = [...new PathInventory(config, () => 5_000).paths(new Map()).values()];
  const results = await Promise.all(
    paths.map(async ({ ipResource, peer, host, target, source, settings, use }) => {
      const { outcome, failure } = await runner.run({
        type: use.probeType,
        settings,
        target: { host, address: target, port: settings.port, source },
        timeoutMs: use.timeoutMs,
        phaseTimeoutsMs: use.phaseTimeoutsMs,
      });
      const why = failure === null ? "" : ` ${failure.phase} ${failure.code}`;
      return `${ipResource}>${peer} ${outcome}${why}`;
    }),
  );
  await runner.idle();
  timers.stop();
  return results;
}

describe("the demo", () => {
  it("has two IP resources on loopback, each with a listener, and two partners", () => {
    expect(config.ipResources.map(({ name }) => name)).toEqual(["vip-a", "vip-b"]);
    expect(new Set(config.ipResources.map(({ address }) => address)).size).toBe(2);
    expect(config.peers.map(({ name }) => name)).toEqual(["partner", "blocking"]);
    expect(warnings).toEqual([]);
  });

  it("is broken in one place, on purpose: one partner refuses one IP resource", async () => {
    expect(await outcomes()).toEqual([
      "vip-a> success",
      "vip-b> success",
      "vip-a>partner success",
      "vip-b>partner success",
      "vip-a>blocking success",
      "vip-b>blocking failure banner 554",
    ]);
  });
});
