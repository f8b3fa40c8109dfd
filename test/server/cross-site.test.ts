import { expect, test } from "vitest";
import { isCrossSite } from "../../src/server/cross-site.ts";

const host = "agent.example:10225";

test.each([
  [{ host }],
  [{ host, origin: "http://agent.example:10225" }],
  [{ host: "AGENT.example:10225", origin: "https://agent.example:10225" }],
  [{ host, "sec-fetch-site": "same-origin" }],
  [{ host, "sec-fetch-site": "none" }],
  [{ host: "internal:8080", origin: "https://public.example", "sec-fetch-site": "same-origin" }],
])("%j passes", (headers) => {
  expect(isCrossSite(headers)).toBe(false);
});

test.each([
  [{ host, origin: "http://evil.example" }],
  [{ host, origin: "http://agent.example" }],
  [{ host, origin: "null" }],
  [{ host, origin: "" }],
  [{ origin: "http://agent.example:10225" }],
  [{ host, "sec-fetch-site": "cross-site" }],
  [{ host, "sec-fetch-site": "same-site" }],
  [{ host, origin: "http://agent.example:10225", "sec-fetch-site": "cross-site" }],
])("%j does not", (headers) => {
  expect(isCrossSite(headers)).toBe(true);
});
