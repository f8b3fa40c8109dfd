import { expect, test } from "vitest";
import { scrapeTimeoutMs } from "../../src/server/scrape-timeout.ts";

test.each([
  ["10", 9500],
  ["10.000000", 9500],
  ["0.75", 250],
  ["1.5", 1000],
  ["999999999", 2 ** 31 - 1],
])("%s s leaves %i ms", (header, expected) => {
  expect(scrapeTimeoutMs(header)).toBe(expected);
});

test.each([
  [undefined],
  [""],
  ["0"],
  ["0.5"],
  ["0.1"],
  ["-1"],
  ["-0"],
  ["+5"],
  ["NaN"],
  ["nan"],
  ["Infinity"],
  ["-Infinity"],
  ["+Inf"],
  ["1e3"],
  ["0x10"],
  ["10s"],
  [" 10"],
  ["1_000"],
  ["10, 10"],
  ["٣"],
  ["9".repeat(400)],
  [["10", "10"]],
])("%j leaves it to the module", (header) => {
  expect(scrapeTimeoutMs(header)).toBeUndefined();
});
