import { expect, test } from "vitest";
import { sampleApp } from "../sample-readers.ts";

test("healthy answers 200 whatever the probes do", async () => {
  const { app, lifecycle } = await sampleApp();
  lifecycle.isReady = false;
  const response = await app.inject("/-/healthy");
  expect(response.statusCode).toBe(200);
  expect(response.body).toBe("mta-exporter is healthy.\n");
});

test("ready is 503 until the first round is over, then 200", async () => {
  const { app, lifecycle } = await sampleApp();
  lifecycle.isReady = false;
  expect((await app.inject("/-/ready")).statusCode).toBe(503);
  lifecycle.isReady = true;
  expect((await app.inject("/-/ready")).statusCode).toBe(200);
});
