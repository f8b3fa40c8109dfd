import { expect, test } from "vitest";
import { EventBus } from "../../../src/events.ts";
import { NotificationMetrics } from "../../../src/exporters/prometheus/notification-metrics.ts";
import { PagedRegistry } from "../../../src/exporters/prometheus/paged-registry.ts";

test("each configured Alertmanager has its counters, from 0 until it is configured no more", async () => {
  const registry = new PagedRegistry();
  const bus = new EventBus((_event, error) => {
    throw error;
  });
  const metrics = new NotificationMetrics(registry, bus);
  const samples = async (): Promise<readonly string[]> =>
    (await registry.metrics()).split("\n").filter((line) => /^[^#]/.test(line));
  expect(await samples()).toEqual([]);

  const [first, second] = ["http://a:9093", "http://b:9093"];
  metrics.configure([first]);
  bus.emit("notification.sent", { alertmanager: first, alerts: 5 });
  bus.emit("notification.failed", { alertmanager: first, error: "timeout", detail: "slow" });
  bus.emit("notification.dropped", { alertmanager: first, alerts: 2 });
  metrics.configure([second, first]);
  expect(await samples()).toEqual([
    `mta_exporter_notifications_total{alertmanager="${first}"} 5`,
    `mta_exporter_notifications_total{alertmanager="${second}"} 0`,
    `mta_exporter_notification_errors_total{alertmanager="${first}"} 1`,
    `mta_exporter_notification_errors_total{alertmanager="${second}"} 0`,
    `mta_exporter_notifications_dropped_total{alertmanager="${first}"} 2`,
    `mta_exporter_notifications_dropped_total{alertmanager="${second}"} 0`,
  ]);
  metrics.configure([second]);
  expect((await samples()).filter((line) => line.includes(first))).toEqual([]);
});
