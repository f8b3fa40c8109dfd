import { expect, test } from "vitest";
import { prefersGzip } from "../../src/server/accept-encoding.ts";

test.each([
  [undefined, false],
  ["", false],
  ["gzip", true],
  ["GZIP", true],
  ["x-gzip", true],
  ["deflate, gzip;q=1.0, *;q=0.5", true],
  ["*", true],
  ["*;q=0", false],
  ["gzip;q=0", false],
  ["gzip;q=0.000", false],
  ["gzip;q=0, *", false],
  ["gzip ; q=0.5", true],
  ["identity;q=1, gzip;q=0.5", false],
  ["identity;q=0.5, gzip;q=0.5", true],
  ["identity", false],
  ["br", false],
  ["gzip;q=2", false],
  ["gzip;q=-1", false],
  ["gzip;q=banana", false],
  ["gzip;q=NaN", false],
  ["gzipx", false],
  [",,gzip,", true],
])("Accept-Encoding %j: %s", (header, expected) => {
  expect(prefersGzip(header)).toBe(expected);
});
