import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { pathAlert } from "../../src/alerts/path-alert.ts";
import { renderRules } from "../../src/alerts/rules.ts";
import { pathLabels } from "../../src/path-labels.ts";
import { someFailure, somePath } from "../support/results.ts";
import { freePort } from "./bed/addresses.ts";
import { useBed } from "./bed/bed.ts";
import { PROMETHEUS_PACKAGES, startPrometheus, type Prometheus } from "./bed/prometheus.ts";
import { whyLeftOut } from "./bed/requirements.ts";
import { until } from "./bed/until.ts";

const leftOut = await whyLeftOut("rules in Prometheus", { packages: PROMETHEUS_PACKAGES });

interface Alerts {
  readonly data: {
    readonly alerts: readonly {
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    }[];
  };
}

// A name that has to be quoted in a query, as a configuration may have it.
const path = somePath({ peer: String.raw`partner "one"` });
const failure = someFailure();

function series(metric: string, extra: object, value: number): string {
  const labels = Object.entries({ ...pathLabels(path), ...extra });
  const pairs = labels.map(([label, text]) => `${label}=${JSON.stringify(text)}`);
  return `${metric}{${pairs.join(",")}} ${value}\n`;
}

function exposition(): string {
  const { phase, reason } = failure;
  return (
    series("mta_probe_success", {}, 0) +
    series("mta_probe_interval_seconds", {}, 15) +
    series("mta_probe_failure", { phase, reason }, 1)
  );
}

describe.skipIf(leftOut !== null)("the printed rules in a real Prometheus", () => {
  const bed = useBed();
  let prometheus: Prometheus;

  beforeAll(async () => {
    const server = createServer((_request, response) => {
      response.setHeader("content-type", "text/plain; version=0.0.4").end(exposition());
    });
    const port = await freePort();
    server.listen(port, "127.0.0.1");
    bed.atEnd(() => server.close());
    const ruleFile = join(bed.folder, "rules.yml");
    writeFileSync(ruleFile, renderRules({ forSeconds: 0 }));
    const target = { targets: [`127.0.0.1:${port}`] };
    prometheus = await startPrometheus(bed, {
      ruleFiles: [ruleFile],
      // Scraped twice, as two agents or a pair of Prometheus's jobs would.
      scrapeConfigs: ["one", "two"].map((job) => ({ job_name: job, static_configs: [target] })),
    });
  });

  it("raise one alert for a path that two jobs scrape, in the words of the agent itself", async () => {
    const alerts = await until(
      "the alert fires",
      async () => {
        const answer = await fetch(`http://${prometheus.address}/api/v1/alerts`);
        const { data } = (await answer.json()) as Alerts;
        return data.alerts.length > 0 && data.alerts;
      },
      { timeoutMs: 30_000 },
    );
    const { labels, annotations } = pathAlert({ pathUrl: () => "" }).text(path, failure);
    const { detail: _onTop, ...sameAnnotations } = annotations;
    expect(alerts.map((alert) => [alert.labels, alert.annotations])).toEqual([
      [labels, sameAnnotations],
    ]);
  });

  it("record how many paths of an IP resource work", async () => {
    const recorded = await until(
      "the recording has a value",
      async () => (await prometheus.query("ip_resource:mta_probe_success:avg"))[0],
    );
    expect(recorded).toMatchObject({ labels: { ip_resource: "vip-a" }, value: 0 });
  });
});
