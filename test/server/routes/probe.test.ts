import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../../src/server/limits.ts";
import type { ProbeRefusal } from "../../../src/server/readers.ts";
import { failed, inconclusive, someFailure } from "../../support/results.ts";
import { latch, sampleApp } from "../sample-readers.ts";

const url = "/probe?target=mx.example.org:25&module=smtp";

test("answers a probe in blackbox_exporter's words", async () => {
  const { app, prober } = await sampleApp();
  const response = await app.inject(url);
  expect(response.statusCode).toBe(200);
  expect(response.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(response.body).toContain("\nprobe_success 1\n");
  expect(prober.requests).toEqual([
    { target: "mx.example.org:25", module: "smtp", timeoutMs: undefined },
  ]);
});

test("a probe that fails is 200 as well", async () => {
  const { app, prober } = await sampleApp();
  const result = failed(someFailure({ phase: "connect", reason: "connection_refused" }));
  prober.answer = async () => ({ ok: true, prober: "smtp", result, facts: [] });
  const response = await app.inject(url);
  expect(response.statusCode).toBe(200);
  expect(response.body).toContain("\nprobe_success 0\n");
  expect(response.body).toContain(
    '\nmta_probe_failure{phase="connect",reason="connection_refused"} 1\n',
  );
});

test("a probe that the agent could not carry out is 503, not a failure of the target", async () => {
  const { app, prober } = await sampleApp();
  prober.answer = async () => ({ ok: true, prober: "smtp", result: inconclusive(), facts: [] });
  const response = await app.inject(url);
  expect(response.statusCode).toBe(503);
  expect(response.body).toBe("the probe was inconclusive: source too_many_files\n");
  const debug = await app.inject(`${url}&debug=true`);
  expect(debug.statusCode).toBe(200);
  expect(debug.body).not.toContain("probe_success");
});

test("hands on the source and what Prometheus's timeout leaves", async () => {
  const { app, prober } = await sampleApp();
  await app.inject({
    url: `${url}&source=192.0.2.10`,
    headers: { "x-prometheus-scrape-timeout-seconds": "10" },
  });
  expect(prober.requests[0]).toMatchObject({ source: "192.0.2.10", timeoutMs: 9500 });
});

test.each(["NaN", "-1", "Infinity", "1e999", "junk"])(
  "survives the timeout header %s",
  async (header) => {
    const { app, prober } = await sampleApp();
    const response = await app.inject({
      url,
      headers: { "x-prometheus-scrape-timeout-seconds": header },
    });
    expect(response.statusCode).toBe(200);
    expect(prober.requests[0]?.timeoutMs).toBeUndefined();
  },
);

test.each([
  ["/probe?module=smtp", "the parameter target is missing\n"],
  ["/probe?target=&module=smtp", "the parameter target is missing\n"],
  ["/probe?target=a:25", "the parameter module is missing\n"],
  ["/probe?target=a&target=b&module=smtp", "the parameter target is given more than once\n"],
])("%s is 400 in plain text", async (wrong, body) => {
  const { app, prober } = await sampleApp();
  const response = await app.inject(wrong);
  expect(response.statusCode).toBe(400);
  expect(response.headers["content-type"]).toBe("text/plain; charset=utf-8");
  expect(response.body).toBe(body);
  expect(prober.requests).toEqual([]);
});

test.each<[ProbeRefusal, number]>([
  ["unknown_module", 400],
  ["bad_target", 400],
  ["bad_source", 400],
  ["not_allowed", 403],
  ["overloaded", 503],
])("the refusal %s is %i", async (error, status) => {
  const { app, prober } = await sampleApp();
  prober.answer = async () => ({ ok: false, error, message: "no, because" });
  const response = await app.inject(url);
  expect(response.statusCode).toBe(status);
  expect(response.body).toBe("no, because\n");
});

test("no more probes at once than there are places", async () => {
  const { app, prober } = await sampleApp({ limits: { ...DEFAULT_LIMITS, probesInFlight: 1 } });
  const answer = prober.answer;
  const { opened, open } = latch();
  prober.answer = async () => {
    await opened;
    return answer();
  };
  const first = Promise.resolve(app.inject(url));
  expect((await app.inject(url)).statusCode).toBe(503);
  open();
  expect((await first).statusCode).toBe(200);
  prober.answer = answer;
  expect((await app.inject(url)).statusCode).toBe(200);
});

test("a place is given back when probing throws", async () => {
  const { app, prober, log } = await sampleApp({
    limits: { ...DEFAULT_LIMITS, probesInFlight: 1 },
  });
  const answer = prober.answer;
  prober.answer = async () => {
    throw new Error("broken");
  };
  expect((await app.inject(url)).statusCode).toBe(500);
  expect(log.lines).toHaveLength(1);
  prober.answer = answer;
  expect((await app.inject(url)).statusCode).toBe(200);
});
