import { describe, expect, test } from "vitest";
import { sampleApp } from "./sample-readers.ts";

const pages = [
  "/",
  "/metrics",
  "/probe?target=a&module=b",
  "/-/healthy",
  "/-/ready",
  "/config",
  "/api/v1/paths",
];

test.each(pages)("%s answers HEAD as GET, without the body", async (url) => {
  const { app } = await sampleApp();
  const get = await app.inject(url);
  const head = await app.inject({ method: "HEAD", url });
  expect(get.statusCode).toBe(200);
  expect(head.statusCode).toBe(200);
  expect(head.headers["content-type"]).toBe(get.headers["content-type"]);
  expect(head.body).toBe("");
});

describe.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] as const)("%s", (method) => {
  test.each(pages)("%s is 405, and its body is not looked at", async (url) => {
    const { app } = await sampleApp();
    const response = await app.inject({ method, url, payload: "{junk".repeat(10_000) });
    expect(response.statusCode).toBe(405);
    expect(response.headers.allow).toBe("GET, HEAD");
  });
});

test("an unknown page is 404, in the API's form below /api/", async () => {
  const { app } = await sampleApp();
  const page = await app.inject("/no/such/page?x=<script>");
  expect(page.statusCode).toBe(404);
  expect(page.headers["content-type"]).toBe("text/plain; charset=utf-8");
  expect(page.body).toBe("no such page\n");
  const api = await app.inject({ method: "POST", url: "/api/v1/nothing", payload: "{junk" });
  expect(api.statusCode).toBe(404);
  expect(api.json()).toEqual({ status: "error", errorType: "not_found", error: "no such page" });
});

test.each(["/%", "/%zz", "/api/v1/paths/%ff", "/probe%00", `/api/v1/paths/${"a".repeat(5000)}`])(
  "%s gets a client error that repeats nothing of it",
  async (url) => {
    const { app } = await sampleApp();
    const response = await app.inject(url);
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(response.statusCode).toBeLessThan(500);
    expect(response.body).not.toContain("%");
    expect(response.body).not.toContain("aaa");
  },
);

test.each([...pages, "/nothing", "/%"])("%s forbids sniffing, framing and storing", async (url) => {
  const { app } = await sampleApp();
  const { headers } = await app.inject(url);
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(headers["cache-control"]).toBe("no-store");
  expect(headers["content-security-policy"]).toContain("default-src 'none'");
  expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
});
