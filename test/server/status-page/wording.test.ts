import { expect, test } from "vitest";
import { counted, duration, span } from "../../../src/server/status-page/wording.ts";

test.each([
  [-5, "0s"],
  [0, "0s"],
  [59_999, "59s"],
  [60_000, "1m 0s"],
  [3_599_000, "59m 59s"],
  [3_600_000, "1h 0m"],
  [90_061_000, "1d 1h"],
])("%i ms is %s", (ms, text) => {
  expect(span(ms)).toBe(text);
});

test.each([
  [0, "0.0 ms"],
  [0.00042, "0.4 ms"],
  [0.0123, "12 ms"],
  [1.5, "1.50 s"],
])("%d s is %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test("counts in words", () => {
  expect([0, 1, 2].map((count) => counted(count, "path"))).toEqual([
    "0 paths",
    "1 path",
    "2 paths",
  ]);
});
