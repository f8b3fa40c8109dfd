import { beforeAll, describe, expect, it } from "vitest";
import { loopbackAddress } from "./bed/addresses.ts";
import { type Agent, startAgent } from "./bed/agent.ts";
import { useBed } from "./bed/bed.ts";
import type { Exposition } from "./bed/exposition.ts";
import { inTurn } from "./bed/in-turn.ts";
import { whyLeftOut } from "./bed/requirements.ts";
import { type SmtpPeer, startSmtpPeer } from "./bed/smtp-peer.ts";
import { until } from "./bed/until.ts";

const leftOut = await whyLeftOut("reload under load", { packages: [] });

const ADDRESSES = 50;
const MODULES = ["smtp-1", "smtp-2", "smtp-3", "smtp-4", "smtp-5"];
const INBOUND_PATHS = ADDRESSES * MODULES.length;
const BROKEN = "cluster: [\nmodules: {";

/** A scrape, and between which two moments it was made. */
interface Scrape {
  readonly metrics: Exposition;
  readonly fromMs: number;
  readonly toMs: number;
}

async function scrape(agent: Agent): Promise<Scrape> {
  const fromMs = performance.now();
  const metrics = await agent.metrics();
  return { metrics, fromMs, toMs: performance.now() };
}

/** Probes so far of each path that is in every configuration, whatever came of them. */
function inboundCounts({ metrics }: Scrape): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { labels, value } of metrics.find("mta_probes_total", { direction: "inbound" })) {
    const path = `${labels["ip_resource"] ?? ""} ${labels["module"] ?? ""}`;
    counts.set(path, (counts.get(path) ?? 0) + value);
  }
  return counts;
}

describe.skipIf(leftOut !== null)("reload under 250 probes a second", () => {
  const bed = useBed();
  const addresses = Array.from({ length: ADDRESSES }, loopbackAddress);
  let peer: SmtpPeer;
  let agent: Agent;
  let before: Scrape;

  /** The whole configuration; only its one peer differs from reload to reload. */
  const configuration = (peerName: string): object => ({
    cluster: "pool",
    defaults: { every: "1s", timeout: "20s" },
    modules: Object.fromEntries(
      MODULES.map((name) => [name, { prober: "smtp", smtp: { port: peer.port } }]),
    ),
    ip_resources: addresses.map((address, index) => ({
      name: `vip-${index}`,
      address,
      inbound: MODULES,
    })),
    peers: [{ name: peerName, host: addresses[0], outbound: ["smtp-1"], ip_resources: ["vip-1"] }],
  });

  /** Has the agent read another file, and returns what it exports then. */
  const reload = async (file: object | string): Promise<Exposition> => {
    const lines = agent.log().length;
    agent.configure(file);
    agent.running.signal("SIGHUP");
    const message = file === BROKEN ? "configuration rejected" : "configuration loaded";
    await until(message, () =>
      agent
        .log()
        .slice(lines)
        .some(({ msg }) => msg.startsWith(message)),
    );
    return agent.metrics();
  };

  /**
   * Expects that no path lost a probe or ran twice: each has its own place in every second. A run
   * that a busy machine could not begin in time is no loss as long as it is counted as missed.
   */
  const expectSteady = async (): Promise<void> => {
    const after = await scrape(agent);
    const { metrics } = after;
    const missed = metrics.value("mta_exporter_probes_missed_total") ?? NaN;
    const earlier = inboundCounts(before);
    const added = Array.from(
      inboundCounts(after),
      ([path, count]) => count - (earlier.get(path) ?? NaN),
    );
    expect(added).toHaveLength(INBOUND_PATHS);
    const leastSeconds = Math.floor((after.fromMs - before.toMs) / 1000);
    const mostSeconds = Math.ceil((after.toMs - before.fromMs) / 1000);
    expect(Math.min(...added)).toBeGreaterThanOrEqual(leastSeconds - 1 - missed);
    expect(Math.max(...added)).toBeLessThanOrEqual(mostSeconds + 1);
    const total = added.reduce((sum, count) => sum + count, missed);
    expect(total).toBeGreaterThanOrEqual(INBOUND_PATHS * (leastSeconds - 1));
    expect(metrics.sum("mta_probes_total", { result: "failure" })).toBe(0);
  };

  beforeAll(async () => {
    peer = await startSmtpPeer(bed, addresses);
    agent = await startAgent(bed, { config: configuration("old") });
    await agent.ready();
    before = await scrape(agent);
  });

  it("takes over a good file: paths come and go, the others never notice", async () => {
    const metrics = await reload(configuration("new"));
    expect(metrics.value("mta_exporter_config_last_reload_successful")).toBe(1);
    expect(metrics.value("mta_exporter_paths")).toBe(INBOUND_PATHS + 1);
    expect(metrics.find("mta_probes_total", { peer: "old" })).toEqual([]);
    await until("the new path has a result", async () => {
      const now = await agent.metrics();
      return now.value("mta_probe_success", { peer: "new" }) === 1;
    });
    await expectSteady();
  });

  it("changes nothing for a broken file but the metrics that say so", async () => {
    const timestamp = "mta_exporter_config_last_reload_success_timestamp_seconds";
    const earlier = await agent.metrics();
    const running = await agent.get("/config");
    const metrics = await reload(BROKEN);
    expect(metrics.value("mta_exporter_config_last_reload_successful")).toBe(0);
    expect(metrics.value(timestamp)).toBe(earlier.value(timestamp));
    expect(metrics.value("mta_exporter_paths")).toBe(INBOUND_PATHS + 1);
    expect(metrics.value("mta_probe_success", { peer: "new" })).toBe(1);
    expect(await agent.get("/config")).toBe(running);
    await expectSteady();
  });

  it("answers POST /-/reload as it answers SIGHUP", async () => {
    const post = async (): Promise<number> => {
      const response = await fetch(`http://${agent.address}/-/reload`, { method: "POST" });
      await response.text();
      return response.status;
    };
    expect(await post()).toBe(500);
    agent.configure(configuration("new"));
    expect(await post()).toBe(200);
    const metrics = await agent.metrics();
    expect(metrics.value("mta_exporter_config_last_reload_successful")).toBe(1);
    await expectSteady();
  });

  it("bears a dozen reloads in a row", async () => {
    const files = Array.from({ length: 12 }, (_, index) =>
      index % 3 === 1 ? BROKEN : configuration(`peer-${index}`),
    );
    await inTurn(files, async (file) => {
      const metrics = await reload(file);
      const successful = file === BROKEN ? 0 : 1;
      expect(metrics.value("mta_exporter_config_last_reload_successful")).toBe(successful);
    });
    await expectSteady();
  });

  it("has lost no probe: the peer and the metrics count the same", async () => {
    peer.hold();
    await until("every path waits for its banner", () => peer.open() === INBOUND_PATHS + 1);
    const metrics = await agent.metrics();
    const counted = addresses.map((_, index) =>
      metrics.sum("mta_probes_total", { ip_resource: `vip-${index}`, direction: "inbound" }),
    );
    // The first address answers the outbound path as well.
    expect(counted.slice(1)).toEqual(addresses.slice(1).map((address) => peer.completed(address)));
    peer.release();
  });
});
