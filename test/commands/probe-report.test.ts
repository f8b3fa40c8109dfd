import { describe, expect, it } from "vitest";
import { probeJson, type ProbeReport, probeText } from "../../src/commands/probe-report.ts";
import type { Module } from "../../src/config/model.ts";
import type { Failure } from "../../src/errors.ts";
import type { ProbeResult } from "../../src/events.ts";
import { smtpProbe } from "../../src/probes/smtp.ts";
import { failed, success } from "../support/results.ts";

const module: Module = {
  name: "mx",
  probeType: smtpProbe,
  schedule: { kind: "every", everyMs: 60_000 },
  whileFailingMs: null,
  timeoutMs: 10_000,
  phaseTimeoutsMs: {},
  control: false,
  settings: { port: 25 },
};

const refusedBanner: Failure = {
  phase: "banner",
  reason: "rejected_permanent",
  origin: "peer",
  code: 554,
  detail: "the connection was answered 554 5.7.1 no mail from here",
};

function report(result: ProbeResult, fields: Partial<ProbeReport> = {}): ProbeReport {
  return {
    module,
    target: "mx.example.test",
    source: "127.0.0.11",
    address: "127.0.0.1",
    port: 10_025,
    result,
    ...fields,
  };
}

const failing = failed(refusedBanner, {
  durationSeconds: 0.012_345_678_9,
  phases: [
    { phase: "resolve", durationSeconds: 0.001_000_04 },
    { phase: "connect", durationSeconds: 0.000_4 },
    { phase: "banner", durationSeconds: 0.010_945_67 },
  ],
  info: { banner: "554 5.7.1 no mail from here" },
  transcript: [
    { atSeconds: 0.012_345_67, from: "peer", summary: "554 5.7.1 no mail from here" },
    { atSeconds: 0.012_4, from: "probe", summary: "QUIT" },
  ],
});

const succeeding = success({
  durationSeconds: 0.02,
  phases: [
    { phase: "connect", durationSeconds: 0.005 },
    { phase: "banner", durationSeconds: 0.01 },
    { phase: "ehlo", durationSeconds: 0.005 },
  ],
  info: { banner: "mx.example.test ESMTP", extensions: ["PIPELINING", "SIZE 1000"], note: null },
  warnings: [
    {
      phase: "quit",
      reason: "timeout",
      origin: "path",
      code: null,
      detail: "no answer within 2.0 s",
    },
  ],
  transcript: [{ atSeconds: 0.015, from: "peer", summary: "220 mx.example.test ESMTP" }],
});

describe("probe --json", () => {
  it("is one line with the contract's keys in its order, times in microseconds at most", () => {
    expect(probeJson(report(failing))).toBe(
      `{"success":false,"prober":"smtp","module":"mx","source":"127.0.0.11","address":"127.0.0.1",` +
        `"port":10025,"duration_seconds":0.012346,` +
        `"phases":[{"phase":"resolve","duration_seconds":0.001},` +
        `{"phase":"connect","duration_seconds":0.0004},` +
        `{"phase":"banner","duration_seconds":0.010946}],` +
        `"failure":{"phase":"banner","reason":"rejected_permanent","origin":"peer","code":554,` +
        `"detail":"the connection was answered 554 5.7.1 no mail from here"},` +
        `"warnings":[],"info":{"banner":"554 5.7.1 no mail from here"},` +
        `"transcript":[{"at_seconds":0.012346,"from":"peer","summary":"554 5.7.1 no mail from here"},` +
        `{"at_seconds":0.0124,"from":"probe","summary":"QUIT"}]}\n`,
    );
  });

  it("has a failure of null on success, and warnings of a failure's shape", () => {
    expect(JSON.parse(probeJson(report(succeeding)))).toMatchObject({
      success: true,
      failure: null,
      warnings: [
        {
          phase: "quit",
          reason: "timeout",
          origin: "path",
          code: null,
          detail: "no answer within 2.0 s",
        },
      ],
    });
  });

  it("names the source that the kernel chose when none was asked for", () => {
    const json = probeJson(report(failing, { source: null, address: "" }));
    expect(JSON.parse(json)).toMatchObject({ source: failing.localAddress, address: "" });
  });

  it("calls an inconclusive probe no success", () => {
    const json = probeJson(report({ ...failing, outcome: "inconclusive" }));
    expect(JSON.parse(json)).toMatchObject({ success: false });
  });
});

describe("the report for a terminal", () => {
  it("shows a failed probe: phases one after the other, what failed, what was said", () => {
    expect(probeText(report(failing), false)).toBe(`\
failure: mx to mx.example.test (127.0.0.1) port 10025 from 127.0.0.11, 12.3 ms

  resolve      1.0 ms ▇▇▇
  connect      0.4 ms    ▇
  banner      10.9 ms     ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇

  failed: rejected_permanent in phase banner (peer, code 554)
  the connection was answered 554 5.7.1 no mail from here

  banner: 554 5.7.1 no mail from here

      12.3 ms ← 554 5.7.1 no mail from here
      12.4 ms → QUIT
`);
  });

  it("shows a probe that succeeded, with its warnings", () => {
    const shown = probeText(report(succeeding, { target: "127.0.0.1", source: null }), false);
    expect(shown).toBe(`\
success: mx to 127.0.0.1 port 10025 from 192.0.2.10, 20.0 ms

  connect      5.0 ms ▇▇▇▇▇▇▇▇▇▇
  banner      10.0 ms           ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇
  ehlo         5.0 ms                               ▇▇▇▇▇▇▇▇▇▇

  warning: timeout in phase quit (path)
  no answer within 2.0 s

  banner: mx.example.test ESMTP
  extensions: PIPELINING, SIZE 1000

      15.0 ms ← 220 mx.example.test ESMTP
`);
  });

  it("shows a probe that ended before it began", () => {
    const nothing = failed(
      { ...refusedBanner, phase: "source", reason: "too_many_files", origin: "local", code: null },
      { outcome: "inconclusive", durationSeconds: 0, phases: [], transcript: [], localAddress: "" },
    );
    expect(probeText(report(nothing, { source: null, address: "" }), false)).toBe(`\
inconclusive: mx to mx.example.test port 10025, 0.0 ms

  failed: too_many_files in phase source (local)
  the connection was answered 554 5.7.1 no mail from here
`);
  });

  it("is the same in color, but for the colors", () => {
    const colored = probeText(report(failing), true);
    expect(colored).toContain("\u001b[31mfailure\u001b[0m: mx to");
    // oxlint would take the escape for a slip in a regular expression.
    const plain = colored.split("\u001b").map((part) => part.replace(/^\[\d+m/, ""));
    expect(plain.join("")).toBe(probeText(report(failing), false));
  });
});
