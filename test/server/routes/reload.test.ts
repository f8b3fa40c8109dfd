import { expect, test } from "vitest";
import { sampleApp } from "../sample-readers.ts";

test.each(["POST", "PUT"] as const)("%s reloads", async (method) => {
  const { app, lifecycle } = await sampleApp();
  const response = await app.inject({ method, url: "/-/reload" });
  expect(response.statusCode).toBe(200);
  expect(lifecycle.reloads).toBe(1);
});

test("curl -X POST -d '' reloads too, with the form type it sends along", async () => {
  const { app, lifecycle } = await sampleApp();
  const response = await app.inject({
    method: "POST",
    url: "/-/reload",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    payload: "",
  });
  expect(response.statusCode).toBe(200);
  expect(lifecycle.reloads).toBe(1);
});

test("a broken configuration is 500 with every error", async () => {
  const { app, lifecycle } = await sampleApp();
  lifecycle.reloadAnswer = { ok: false, errors: ["a.yml:1:1: one", "a.yml:2:1: two"] };
  const response = await app.inject({ method: "POST", url: "/-/reload" });
  expect(response.statusCode).toBe(500);
  expect(response.body).toContain("a.yml:1:1: one\na.yml:2:1: two\n");
});

test.each(["GET", "HEAD", "DELETE", "OPTIONS"] as const)("%s does not reload", async (method) => {
  const { app, lifecycle } = await sampleApp();
  const response = await app.inject({ method, url: "/-/reload" });
  expect(response.statusCode).toBe(405);
  expect(response.headers.allow).toBe("POST, PUT");
  expect(lifecycle.reloads).toBe(0);
});

test("a page of another site cannot reload", async () => {
  const { app, lifecycle } = await sampleApp();
  const response = await app.inject({
    method: "POST",
    url: "/-/reload",
    headers: { host: "agent:10225", origin: "http://evil.example" },
  });
  expect(response.statusCode).toBe(403);
  expect(lifecycle.reloads).toBe(0);
});

test("a body of more than a kilobyte is refused", async () => {
  const { app, lifecycle } = await sampleApp();
  const response = await app.inject({
    method: "POST",
    url: "/-/reload",
    headers: { "content-type": "text/plain" },
    payload: "x".repeat(1025),
  });
  expect(response.statusCode).toBe(413);
  expect(lifecycle.reloads).toBe(0);
});
