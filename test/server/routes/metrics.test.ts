import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../../src/server/limits.ts";
import { latch, sampleApp } from "../sample-readers.ts";

const large = "mta_probe_success 1\n".repeat(50_000);

test("streams the exposition in the format the client accepts", async () => {
  const { app, metrics } = await sampleApp();
  metrics.text = large;
  const text = await app.inject("/metrics");
  expect(text.statusCode).toBe(200);
  expect(text.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(text.headers["content-encoding"]).toBeUndefined();
  expect(text.headers.vary).toBe("Accept, Accept-Encoding");
  expect(text.body).toBe(large);

  const open = await app.inject({
    url: "/metrics",
    headers: { accept: "application/openmetrics-text;version=1.0.0" },
  });
  expect(open.headers["content-type"]).toMatch(/^application\/openmetrics-text/);
});

test("gzip holds the same text", async () => {
  const { app, metrics } = await sampleApp();
  metrics.text = large;
  const response = await app.inject({ url: "/metrics", headers: { "accept-encoding": "gzip" } });
  expect(response.headers["content-encoding"]).toBe("gzip");
  expect(response.rawPayload.length).toBeLessThan(large.length / 20);
  expect(gunzipSync(response.rawPayload).toString()).toBe(large);
});

test("HEAD has the headers of GET and renders nothing", async () => {
  const { app, metrics } = await sampleApp();
  const response = await app.inject({
    method: "HEAD",
    url: "/metrics",
    headers: { "accept-encoding": "gzip" },
  });
  expect(response.statusCode).toBe(200);
  expect(response.headers["content-encoding"]).toBe("gzip");
  expect(response.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(response.body).toBe("");
  expect(metrics.writes).toBe(0);
});

test("stands where the telemetry path says, in the status page's place if need be", async () => {
  const { app } = await sampleApp({ telemetryPath: "/" });
  expect((await app.inject("/")).body).toBe("mta_probe_success 1\n");
  expect((await app.inject("/metrics")).statusCode).toBe(404);
});

test("a rendering that fails at once is 500 in plain text, and logged", async () => {
  const { app, metrics, log } = await sampleApp();
  metrics.failure = new Error("no such page");
  const response = await app.inject({ url: "/metrics", headers: { "accept-encoding": "gzip" } });
  expect(response.statusCode).toBe(500);
  expect(response.headers["content-encoding"]).toBeUndefined();
  expect(response.body).toBe("internal error; the log says more\n");
  expect(log.lines).toHaveLength(1);
});

test("beyond the places there are, a scrape is 503, and the places come back", async () => {
  const { app, metrics } = await sampleApp({ limits: { ...DEFAULT_LIMITS, metricsInFlight: 1 } });
  const { opened, open } = latch();
  metrics.writeTo = async (out) => {
    await opened;
    out.write("done 1\n");
  };
  const first = Promise.resolve(app.inject("/metrics"));
  const second = await app.inject("/metrics");
  expect(second.statusCode).toBe(503);
  expect(second.headers["retry-after"]).toBe("1");
  open();
  expect((await first).body).toBe("done 1\n");
  expect((await app.inject("/metrics")).statusCode).toBe(200);
});
