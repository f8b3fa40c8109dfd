import { describe, expect, it } from "vitest";
import { EventBus, type Fact, type Path, type ProbeResult } from "../../../src/events.ts";
import { Exposition } from "../../../src/exporters/prometheus/exposition.ts";
import { PagedRegistry } from "../../../src/exporters/prometheus/paged-registry.ts";
import {
  ProbeMetrics,
  type ProbeMetricsSettings,
} from "../../../src/exporters/prometheus/probe-metrics.ts";
import { parseOpenMetrics } from "../../support/openmetrics.ts";
import { failed, inconclusive, someFailure, somePath, success } from "../../support/results.ts";
import { scraped } from "../../support/scraped.ts";

const OPENMETRICS = "application/openmetrics-text";

const facts = [
  { metric: "mta_smtp_reply_code", help: "Code of the last SMTP reply." },
  { metric: "mta_tls_info", help: "TLS version and cipher.", labels: ["version", "cipher"] },
  { metric: "mta_tls_certificate_ok", help: "Checks.", labels: ["check"] },
  { metric: "mta_smtp_reply_code", help: "The same metric of another probe type." },
];

class Harness {
  readonly registry = new PagedRegistry();
  readonly bus = new EventBus((_event, error) => {
    throw error;
  });
  readonly metrics: ProbeMetrics;

  constructor(settings: Partial<ProbeMetricsSettings> = {}) {
    const { registry, bus } = this;
    const defaults = { durationBuckets: [], seriesLimit: 1000 };
    this.metrics = new ProbeMetrics({ registry, bus, facts, ...defaults, ...settings });
  }

  add(fields: Partial<Path> = {}): Path {
    const path = somePath(fields);
    this.bus.emit("path.added", { path });
    return path;
  }

  finish(path: Path, ...results: readonly ProbeResult[]): void {
    for (const result of results) this.bus.emit("probe.finished", { path, result });
  }

  /** Samples by their name and the labels beside those of `somePath()`. */
  async samples(): Promise<Record<string, number>> {
    const text = await this.registry.metrics();
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    const pairs = lines.map((line) => {
      const own = line.replace(/mta_cluster=.*?prober="[a-z0-9]*",?/, "").replace("{}", "");
      return [own.slice(0, own.lastIndexOf(" ")), Number(own.slice(own.lastIndexOf(" ") + 1))];
    });
    return Object.fromEntries(pairs) as Record<string, number>;
  }

  /** The samples of the paths alone. */
  async ofPaths(): Promise<Record<string, number>> {
    const pairs = Object.entries(await this.samples());
    return Object.fromEntries(pairs.filter(([name]) => !name.startsWith("mta_exporter_")));
  }
}

function withFacts(...reported: ProbeResult["facts"]): ProbeResult {
  return success({ facts: reported });
}

function certificate(check: string, value: number): Fact {
  return { metric: "mta_tls_certificate_ok", value, labels: [check] };
}

function tls(version: string): Fact {
  return { metric: "mta_tls_info", value: 1, labels: [version, "X"] };
}

const startedAt = Date.UTC(2026, 0, 1) / 1000;

describe("ProbeMetrics", () => {
  it("shows nothing of a path before its first result", async () => {
    const harness = new Harness({ durationBuckets: [1] });
    harness.add();
    expect(await harness.samples()).toEqual({
      mta_exporter_paths: 1,
      mta_exporter_series: 0,
      mta_exporter_series_dropped_total: 0,
    });
  });

  it("shows a success: every result counted from 0, the times, the phases, the facts", async () => {
    const harness = new Harness();
    harness.finish(harness.add(), success({ startedAtMs: startedAt * 1000 + 123 }));
    expect(await harness.ofPaths()).toEqual({
      mta_probe_success: 1,
      mta_probe_last_duration_seconds: 0.012,
      'mta_probe_phase_duration_seconds{phase="connect"}': 0.001,
      'mta_probe_phase_duration_seconds{phase="banner"}': 0.011,
      'mta_probes_total{result="success"}': 1,
      'mta_probes_total{result="failure"}': 0,
      'mta_probes_total{result="inconclusive"}': 0,
      mta_probe_last_run_timestamp_seconds: startedAt + 0.123,
      mta_probe_last_success_timestamp_seconds: startedAt + 0.123,
      mta_probe_interval_seconds: 15,
      mta_smtp_reply_code: 250,
    });
  });

  it("shows how the last probe failed for as long as that lasts, and counts for ever", async () => {
    const harness = new Harness();
    const path = harness.add();
    const refused = failed(someFailure(), {
      phases: [{ phase: "connect", durationSeconds: 0.5 }],
      startedAtMs: (startedAt + 60) * 1000,
    });
    const unavailable = someFailure({ phase: "banner", reason: "rejected_transient", code: 421 });
    harness.finish(path, success(), refused, refused);
    expect(await harness.ofPaths()).toMatchObject({
      mta_probe_success: 0,
      mta_probe_last_run_timestamp_seconds: startedAt + 60,
      mta_probe_last_success_timestamp_seconds: startedAt,
      'mta_probe_failure{phase="connect",reason="connection_refused"}': 1,
      'mta_probe_failures_total{phase="connect",reason="connection_refused"}': 2,
      'mta_probe_phase_duration_seconds{phase="connect"}': 0.5,
    });
    expect(await harness.ofPaths()).not.toHaveProperty([
      'mta_probe_phase_duration_seconds{phase="banner"}',
    ]);
    expect(await harness.ofPaths()).not.toHaveProperty("mta_smtp_reply_code");

    harness.finish(path, failed(unavailable));
    expect(await harness.ofPaths()).toMatchObject({
      'mta_probe_failure{phase="banner",reason="rejected_transient"}': 1,
      'mta_probe_failures_total{phase="connect",reason="connection_refused"}': 2,
      'mta_probe_failures_total{phase="banner",reason="rejected_transient"}': 1,
    });
    harness.finish(path, success());
    const names = Object.keys(await harness.ofPaths());
    expect(names.filter((name) => name.startsWith("mta_probe_failure{"))).toEqual([]);
    expect(names.filter((name) => name.startsWith("mta_probe_failures_total"))).toHaveLength(2);
  });

  it("lets an inconclusive result change nothing but the two counters", async () => {
    const harness = new Harness({ durationBuckets: [1] });
    const path = harness.add();
    harness.finish(path, inconclusive());
    expect(await harness.ofPaths()).toEqual({
      'mta_probes_total{result="success"}': 0,
      'mta_probes_total{result="failure"}': 0,
      'mta_probes_total{result="inconclusive"}': 1,
      'mta_probe_failures_total{phase="source",reason="too_many_files"}': 1,
      mta_probe_interval_seconds: 15,
    });
    harness.finish(path, failed());
    const before = await harness.ofPaths();
    harness.finish(path, { ...inconclusive(), startedAtMs: 9e12, durationSeconds: 99 });
    expect(await harness.ofPaths()).toEqual({
      ...before,
      'mta_probes_total{result="inconclusive"}': 2,
      'mta_probe_failures_total{phase="source",reason="too_many_files"}': 2,
    });
  });

  it("counts warnings of a success, and shows no failure for them", async () => {
    const harness = new Harness();
    const warning = someFailure({ phase: "quit", reason: "timeout" });
    harness.finish(harness.add(), success({ warnings: [warning, warning] }));
    const samples = await harness.ofPaths();
    expect(samples).toMatchObject({
      mta_probe_success: 1,
      'mta_probe_failures_total{phase="quit",reason="timeout"}': 2,
    });
    expect(samples).not.toHaveProperty(['mta_probe_failure{phase="quit",reason="timeout"}']);
  });

  it("adds up a phase that was entered twice", async () => {
    const harness = new Harness();
    const phases = (["ehlo", "tls", "ehlo"] as const).map((phase) => ({
      phase,
      durationSeconds: 0.25,
    }));
    const path = harness.add();
    harness.finish(path, success({ phases }), success({ phases }));
    expect(await harness.ofPaths()).toMatchObject({
      'mta_probe_phase_duration_seconds{phase="ehlo"}': 0.5,
      'mta_probe_phase_duration_seconds{phase="tls"}': 0.25,
    });
  });

  it("shows the facts of the last conclusive probe and no older ones", async () => {
    const harness = new Harness();
    const path = harness.add();
    harness.finish(
      path,
      withFacts(tls("TLSv1.2"), certificate("time", 1), certificate("trust", 1)),
      inconclusive(),
      withFacts(certificate("trust", 0), certificate("time", 1), tls("TLSv1.3")),
    );
    const shown = Object.entries(await harness.ofPaths()).filter(([name]) => /tls/.test(name));
    expect(Object.fromEntries(shown)).toEqual({
      'mta_tls_certificate_ok{check="time"}': 1,
      'mta_tls_certificate_ok{check="trust"}': 0,
      'mta_tls_info{version="TLSv1.3",cipher="X"}': 1,
    });
  });

  it("throws at a fact that nobody declared, after everything else is shown", async () => {
    const harness = new Harness();
    const path = harness.add();
    const fact = { metric: "mta_unheard_of", value: 1, labels: [] };
    expect(() => {
      harness.finish(path, success({ facts: [fact] }));
    }).toThrow("no probe type declares the metric mta_unheard_of");
    expect(await harness.ofPaths()).toMatchObject({ mta_probe_success: 1 });
  });

  it("refuses probe types that declare one metric with different labels", () => {
    const { bus } = new Harness();
    const clash = [...facts, { metric: "mta_tls_info", help: "Other.", labels: ["version"] }];
    const options = { bus, facts: clash, durationBuckets: [], seriesLimit: 1 };
    expect(() => new ProbeMetrics({ ...options, registry: new PagedRegistry() })).toThrow(
      "two probe types declare mta_tls_info with different labels",
    );
  });

  it("removes every series of a path with the path, and ignores what comes late", async () => {
    const harness = new Harness({ durationBuckets: [0.1, 1] });
    const path = harness.add();
    const other = harness.add({ id: "other", peer: "other" });
    harness.finish(other, success());
    const before = await harness.samples();
    const comeAndGo = (): void => {
      harness.bus.emit("path.added", { path });
      const warned = success({ warnings: [someFailure()] });
      harness.finish(path, success(), failed(), inconclusive(), warned);
      harness.bus.emit("path.removed", { path });
      harness.finish(path, success());
    };
    for (let round = 0; round < 1000; round++) comeAndGo();
    expect(await harness.samples()).toEqual({ ...before, mta_exporter_paths: 1 });
    harness.bus.emit("path.added", { path });
    expect(await harness.samples()).toEqual(before);
    harness.finish(path, success());
    expect(await harness.samples()).toMatchObject({ mta_exporter_series: 32 });
  });

  it("keeps the series of a path that is scheduled otherwise", async () => {
    const harness = new Harness();
    const path = harness.add();
    harness.finish(path, success());
    harness.add({ intervalSeconds: 300 });
    expect(await harness.ofPaths()).toMatchObject({
      mta_probe_interval_seconds: 300,
      'mta_probes_total{result="success"}': 1,
    });
  });

  it("counts conclusive probes in the histogram, which begins anew with other buckets", async () => {
    const harness = new Harness({ durationBuckets: [0.01, 0.1] });
    const path = harness.add();
    harness.finish(path, success(), failed(), inconclusive());
    const histogram = async (): Promise<Record<string, number>> =>
      Object.fromEntries(
        Object.entries(await harness.ofPaths()).filter(([name]) =>
          name.startsWith("mta_probe_duration_seconds"),
        ),
      );
    const first = {
      'mta_probe_duration_seconds_bucket{le="0.01"}': 0,
      'mta_probe_duration_seconds_bucket{le="0.1"}': 2,
      'mta_probe_duration_seconds_bucket{le="+Inf"}': 2,
      mta_probe_duration_seconds_sum: 0.024,
      mta_probe_duration_seconds_count: 2,
    };
    expect(await histogram()).toEqual(first);
    harness.metrics.configure({ durationBuckets: [0.01, 0.1], seriesLimit: 1000 });
    expect(await histogram()).toEqual(first);

    harness.metrics.configure({ durationBuckets: [5], seriesLimit: 1000 });
    expect(await histogram()).toEqual({});
    harness.finish(path, success());
    expect(await histogram()).toMatchObject({
      'mta_probe_duration_seconds_bucket{le="5"}': 1,
      mta_probe_duration_seconds_count: 1,
    });
    harness.metrics.configure({ durationBuckets: [], seriesLimit: 1000 });
    harness.finish(path, success());
    expect(await histogram()).toEqual({});
    expect(await harness.samples()).toMatchObject({ mta_exporter_series: 13 });
  });

  it("creates no series beyond the limit, counts them, and catches up when there is room", async () => {
    const harness = new Harness({ seriesLimit: 15 });
    const path = harness.add();
    const other = harness.add({ id: "other", peer: "other" });
    harness.finish(path, success());
    expect(await harness.samples()).toMatchObject({
      mta_exporter_series: 11,
      mta_exporter_series_dropped_total: 0,
    });
    harness.finish(other, success());
    expect(await harness.samples()).toMatchObject({
      mta_exporter_series: 15,
      mta_exporter_series_dropped_total: 7,
    });
    harness.finish(other, success());
    expect(await harness.samples()).toMatchObject({ mta_exporter_series_dropped_total: 14 });
    harness.bus.emit("path.removed", { path });
    harness.finish(other, success());
    expect(await harness.samples()).toMatchObject({
      mta_exporter_series: 11,
      mta_exporter_series_dropped_total: 14,
      'mta_probes_total{result="success"}': 3,
      mta_smtp_reply_code: 250,
    });
    harness.metrics.configure({ durationBuckets: [], seriesLimit: 0 });
    harness.finish(other, failed());
    expect(await harness.samples()).toMatchObject({ 'mta_probes_total{result="failure"}': 1 });
  });

  it("escapes what an operator may have called things", async () => {
    const harness = new Harness();
    const path = harness.add({ ipResource: 'a"b\\c\nd', peer: "Müller 郵便" });
    harness.finish(path, success());
    const text = await scraped(new Exposition(harness.registry), OPENMETRICS);
    parseOpenMetrics(text);
    expect(text).toContain(
      '\nmta_probe_success{mta_cluster="mail1",direction="outbound",ip_resource="a\\"b\\\\c\\nd",' +
        'address="192.0.2.10",peer="Müller 郵便",peer_address="198.51.100.1",module="smtp",' +
        'prober="smtp"} 1\n',
    );
  });

  it("has the exposition of the golden files", async () => {
    const harness = new Harness({ durationBuckets: [0.01, 0.1] });
    const smtp = harness.add();
    const inbound = harness.add({
      id: "path-2",
      direction: "inbound",
      peer: "",
      peerAddress: "",
      module: "reachable",
      prober: "tcp",
      intervalSeconds: 60,
    });
    const tlsFacts = [
      { metric: "mta_smtp_reply_code", value: 250, labels: [] },
      { metric: "mta_tls_info", value: 1, labels: ["TLSv1.3", "TLS_AES_256_GCM_SHA384"] },
      { metric: "mta_tls_certificate_ok", value: 0, labels: ["trust"] },
    ];
    const warnings = [someFailure({ phase: "quit", reason: "connection_closed" })];
    harness.finish(smtp, success({ facts: tlsFacts, warnings }), success({ facts: tlsFacts }));
    harness.finish(inbound, success({ facts: [] }), inconclusive(), failed());
    const exposition = new Exposition(harness.registry);
    const openMetrics = await scraped(exposition, OPENMETRICS);
    expect(parseOpenMetrics(openMetrics)).toHaveLength(16);
    await expect(await scraped(exposition)).toMatchFileSnapshot("../../golden/probe-metrics.txt");
    await expect(openMetrics).toMatchFileSnapshot("../../golden/probe-metrics.openmetrics.txt");
  });
});
