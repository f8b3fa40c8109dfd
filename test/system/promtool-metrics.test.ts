import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EventBus } from "../../src/events.ts";
import { PrometheusExporter } from "../../src/exporters/prometheus/exporter.ts";
import type { Exposition } from "../../src/exporters/prometheus/exposition.ts";
import { probeTypes } from "../../src/probe-types.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { failed, someFailure, somePath, success } from "../support/results.ts";
import { scraped } from "../support/scraped.ts";
import { useBed } from "./bed/bed.ts";
import { mustRun, run } from "./bed/processes.ts";
import { PROMETHEUS_PACKAGES } from "./bed/prometheus.ts";
import { whyLeftOut } from "./bed/requirements.ts";

const leftOut = await whyLeftOut("what promtool says of the metrics", {
  packages: PROMETHEUS_PACKAGES,
});

/** Names as no operator would choose them: all that has to be escaped, and what has not. */
const NASTY = [
  '"quoted"',
  "back\\slash\\n",
  "new\nline\r\t",
  "\u0000\u001B[31m",
  "é €𐍈\u2028",
  "{}=,#",
];

/** Everything that the agent exports, after results of every kind. */
function exposition(): Exposition {
  const bus = new EventBus((_event, error) => {
    throw error;
  });
  const facts = probeTypes.flatMap((type) => Object.values(type.facts));
  const exporter = new PrometheusExporter({
    bus,
    facts,
    clock: new ManualClock(),
    version: "1.2.3",
    alertmanagers: ["http://127.0.0.1:9093"],
    durationBuckets: [0.005, 0.1, 1, 10],
    seriesLimit: 10_000,
  });
  exporter.listenerFailed("probe.finished");
  const everyFact = facts.map(({ metric, labels = [] }, index) => ({
    metric,
    labels,
    value: [250, Number.NaN, Infinity, -1e-9][index % 4] ?? 0,
  }));
  for (const name of NASTY) {
    const path = somePath({ id: name, ipResource: name, peer: name });
    bus.emit("path.added", { path });
    bus.emit("probe.started", { path, latenessSeconds: 0.002 });
    bus.emit("probe.finished", { path, result: failed(someFailure({ phase: "tls" })) });
    bus.emit("probe.finished", { path, result: success({ facts: everyFact }) });
    if (name === "{}=,#") bus.emit("probe.finished", { path, result: failed() });
  }
  return exporter.exposition;
}

describe.skipIf(leftOut !== null)("promtool", () => {
  const bed = useBed();

  it("has nothing to say about the text format", async () => {
    const text = await scraped(exposition());
    expect(await run("promtool", ["check", "metrics"], { input: text })).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });

  it("reads every sample of the OpenMetrics text with Prometheus's own parser", async () => {
    const text = await scraped(exposition(), "application/openmetrics-text");
    const samples = text.split("\n").filter((line) => /^[^#]/.test(line));
    // What is stored needs a time: the one thing that a scrape leaves to Prometheus.
    const timed = text.replaceAll(/^[^#\n].*$/gm, (line) => `${line} 1767225600`);
    const [input, output] = [join(bed.folder, "metrics.om"), join(bed.folder, "blocks")];
    mkdirSync(output);
    writeFileSync(input, timed);
    const told = await mustRun("promtool", [
      "tsdb",
      "create-blocks-from",
      "openmetrics",
      input,
      output,
    ]);
    expect(told).toMatch(new RegExp(` ${samples.length} +${samples.length} +${samples.length} `));
  });
});
