import { expect, test } from "vitest";
import { PagedHistogram } from "../../../src/exporters/prometheus/paged-histogram.ts";
import { PagedRegistry } from "../../../src/exporters/prometheus/paged-registry.ts";

test("every observation is in all buckets at or above it, in the sum and in the count", async () => {
  const registry = new PagedRegistry();
  const histogram = new PagedHistogram({
    registry,
    name: "h_seconds",
    help: "Some durations.",
    buckets: [0.1, 1],
    decimals: 3,
  });
  const a = histogram.add('l="a"');
  const b = histogram.add('l="b"');
  for (const seconds of [0.1, 0.11, 5]) a?.observe(seconds);
  b?.observe(Number.NaN);
  const text = await registry.getSingleMetricAsString("h_seconds");
  expect(text).toBe(
    [
      "# HELP h_seconds Some durations.",
      "# TYPE h_seconds histogram",
      'h_seconds_bucket{l="a",le="0.1"} 1',
      'h_seconds_bucket{l="a",le="1"} 2',
      'h_seconds_bucket{l="a",le="+Inf"} 3',
      'h_seconds_sum{l="a"} 5.210',
      'h_seconds_count{l="a"} 3',
      'h_seconds_bucket{l="b",le="0.1"} 0',
      'h_seconds_bucket{l="b",le="1"} 0',
      'h_seconds_bucket{l="b",le="+Inf"} 1',
      'h_seconds_sum{l="b"} NaN',
      'h_seconds_count{l="b"} 1',
      "",
    ].join("\n"),
  );
  a?.remove();
  b?.remove();
  expect(await registry.metrics()).toBe("");
});
