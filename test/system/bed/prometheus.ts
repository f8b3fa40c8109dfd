import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./addresses.ts";
import { announce } from "./announce.ts";
import type { Bed } from "./bed.ts";
import { startProcess, untilServing } from "./processes.ts";

/** Debian packages that it takes; promtool is among them. */
export const PROMETHEUS_PACKAGES = ["prometheus"] as const;

export interface PrometheusOptions {
  /** Entries of `scrape_configs`; JSON is YAML. */
  readonly scrapeConfigs: readonly object[];
  /** Files with recording and alerting rules. */
  readonly ruleFiles?: readonly string[];
  /** HOST:PORT of the Alertmanagers. */
  readonly alertmanagers?: readonly string[];
}

/** One series of an instant query's answer. */
interface InstantValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A real Prometheus that scrapes and evaluates every second. */
export interface Prometheus {
  /** HOST:PORT of its HTTP interface. */
  readonly address: string;
  /** An instant query's vector, now. */
  query(expression: string): Promise<readonly InstantValue[]>;
}

interface QueryAnswer {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
}

function configuration(options: PrometheusOptions): object {
  const targets = options.alertmanagers ?? [];
  return {
    global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
    rule_files: options.ruleFiles ?? [],
    alerting: { alertmanagers: targets.length === 0 ? [] : [{ static_configs: [{ targets }] }] },
    scrape_configs: options.scrapeConfigs,
  };
}

/** Starts a Prometheus and waits until it is ready to answer queries. */
export async function startPrometheus(bed: Bed, options: PrometheusOptions): Promise<Prometheus> {
  const address = `127.0.0.1:${await freePort()}`;
  const configFile = join(bed.folder, "prometheus.yml");
  writeFileSync(configFile, JSON.stringify(configuration(options)));
  const running = startProcess(bed, {
    name: "prometheus",
    command: "prometheus",
    args: [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(bed.folder, "prometheus")}`,
      `--web.listen-address=${address}`,
      "--rules.alert.resend-delay=1s",
    ],
  });
  await untilServing(running, "ready", async () => {
    const { ok } = await fetch(`http://${address}/-/ready`);
    return ok;
  });
  announce(`started Prometheus on ${address}`);
  return {
    address,
    async query(expression) {
      const url = `http://${address}/api/v1/query?query=${encodeURIComponent(expression)}`;
      const response = await fetch(url);
      if (!response.ok) throw new Error(`${expression}: ${await response.text()}`);
      const { data } = (await response.json()) as QueryAnswer;
      return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
  };
}
