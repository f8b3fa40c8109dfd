import { expect, test } from "vitest";
import { TokenBucket } from "../../../src/server/web-config/token-bucket.ts";
import { ManualClock } from "../../support/manual-clock.ts";

test("lets a burst pass, then one each interval, and no more than a burst after a pause", () => {
  const clock = new ManualClock();
  const bucket = new TokenBucket(clock);
  const limit = { intervalMs: 1000, burst: 2 };
  const takes = (count: number) => Array.from({ length: count }, () => bucket.take(limit));
  expect(takes(3)).toEqual([true, true, false]);
  clock.advance(999);
  expect(takes(1)).toEqual([false]);
  clock.advance(1);
  expect(takes(2)).toEqual([true, false]);
  clock.advance(60_000);
  expect(takes(3)).toEqual([true, true, false]);
});

test("does not turn with the wall clock", () => {
  const clock = new ManualClock();
  const bucket = new TokenBucket(clock);
  const limit = { intervalMs: 1000, burst: 1 };
  expect(bucket.take(limit)).toBe(true);
  clock.stepWall(3_600_000);
  expect(bucket.take(limit)).toBe(false);
});

test("a changed limit counts at once, and none lets all pass", () => {
  const bucket = new TokenBucket(new ManualClock());
  expect(bucket.take({ intervalMs: 1000, burst: 1 })).toBe(true);
  expect(bucket.take({ intervalMs: 1000, burst: 1 })).toBe(false);
  expect(bucket.take({ intervalMs: 500, burst: 1 })).toBe(true);
  expect(bucket.take(null)).toBe(true);
});
