import { beforeAll, describe, expect, it } from "vitest";
import { pathAlert } from "../../src/alerts/path-alert.ts";
import { systemClock } from "../../src/clock.ts";
import { EventBus, type Path, type PathState } from "../../src/events.ts";
import { AlertmanagerExporter } from "../../src/exporters/alertmanager/exporter.ts";
import { someFailure, somePath } from "../support/results.ts";
import { startAlertmanager, ALERTMANAGER_PACKAGES } from "./bed/alertmanager.ts";
import { useBed } from "./bed/bed.ts";
import { mustRun } from "./bed/processes.ts";
import { whyLeftOut } from "./bed/requirements.ts";
import { until } from "./bed/until.ts";
import { startWebhook, type Webhook } from "./bed/webhook.ts";

const leftOut = await whyLeftOut("alerts pushed to Alertmanager", {
  packages: ALERTMANAGER_PACKAGES,
});

interface KnownAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
}

/** What the catalogue says of a path, but for the minute that a failure has to last. */
const impatient = {
  ...pathAlert({ pathUrl: (id) => `http://127.0.0.1:10225/api/v1/paths/${id}` }),
  firesAfterSeconds: () => 0,
};

describe.skipIf(leftOut !== null)("alerts pushed to a real Alertmanager", () => {
  const bed = useBed();
  const bus = new EventBus((_event, error) => {
    throw error;
  });
  const exporter = new AlertmanagerExporter({ bus, clock: systemClock, pathAlert: impatient });
  const vipA = somePath();
  const vipB = somePath({ id: "path-2", ipResource: "vip-b", address: "192.0.2.11" });
  const failure = someFailure({ detail: 'the peer said "no"' });
  const accepted: number[] = [];
  const refused: string[] = [];
  let webhook: Webhook;
  let address: string;

  const change = (path: Path, from: PathState, to: PathState): void => {
    bus.emit("path.changed", {
      path,
      from,
      to,
      failure: to === "down" ? failure : null,
      previousStateSeconds: null,
      atMs: Date.now(),
    });
  };
  const told = (status: string): readonly string[] =>
    webhook
      .latest()
      .filter((alert) => alert.status === status)
      .map(({ labels }) => labels["ip_resource"] ?? "")
      .toSorted();

  beforeAll(async () => {
    bus.on("notification.sent", ({ alerts }) => accepted.push(alerts));
    bus.on("notification.failed", ({ error, detail }) => refused.push(`${error}: ${detail}`));
    webhook = await startWebhook(bed);
    ({ address } = await startAlertmanager(bed, webhook.url));
    exporter.configure([`http://${address}`]);
    bed.atEnd(() => exporter.stop(1000));
  });

  it("arrive at its receivers with the labels and words of the catalogue", async () => {
    change(vipA, "unknown", "down");
    change(vipB, "unknown", "down");
    await until("both alerts arrive", () => told("firing").length === 2);
    const alert = webhook.latest().find(({ labels }) => labels["ip_resource"] === "vip-a");
    const { labels, annotations } = impatient.text(vipA, failure);
    expect(alert).toMatchObject({ labels, annotations });
    expect(refused).toEqual([]);
  });

  it("are known there as one alert each, from when they began to well after the next resend", async () => {
    const url = `--alertmanager.url=http://${address}`;
    const known = JSON.parse(
      await mustRun("amtool", [url, "--output=json", "alert", "query", "ip_resource=vip-a"]),
    ) as readonly KnownAlert[];
    expect(known).toHaveLength(1);
    expect(known[0]?.generatorURL).toBe("http://127.0.0.1:10225/api/v1/paths/path-1");
    const lastsMs = Date.parse(known[0]?.endsAt ?? "") - Date.parse(known[0]?.startsAt ?? "");
    expect(lastsMs).toBeGreaterThanOrEqual(240_000);
  });

  it("resolve by themselves when the path is back or gone, each for itself", async () => {
    change(vipA, "down", "up");
    await until("vip-a resolves", () => told("resolved").includes("vip-a"));
    expect(told("firing")).toEqual(["vip-b"]);
    bus.emit("path.removed", { path: vipB });
    await until("vip-b resolves", () => told("resolved").length === 2);
    expect(refused).toEqual([]);
    expect(accepted).toEqual([2, 1, 1]);
  });
});
