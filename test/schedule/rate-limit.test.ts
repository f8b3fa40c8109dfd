import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RateLimit } from "../../src/schedule/rate-limit.ts";
import { mostWithin } from "../support/schedule-bench.ts";

/** Takes an event of the key whenever one is allowed, and tells when. */
function greedy(limit: RateLimit, key: string, fromMs: number, untilMs: number): number[] {
  const times: number[] = [];
  for (let nowMs = fromMs; nowMs < untilMs; nowMs += limit.waitMs(key, nowMs) || 0.001) {
    if (limit.waitMs(key, nowMs) > 0) continue;
    limit.take(key, nowMs);
    times.push(nowMs);
  }
  return times;
}

describe("RateLimit", () => {
  it("allows half a second's worth at once, and then the rate", () => {
    const times = greedy(new RateLimit(10), "a", 1_000, 3_000);
    expect(times.filter((atMs) => atMs < 1_050)).toHaveLength(5);
    expect(times).toHaveLength(5 + 19);
  });

  it("keeps events apart that are rarer than two a second", () => {
    expect(greedy(new RateLimit(0.5), "a", 1_000, 10_000)).toEqual([
      1_000, 3_000, 5_000, 7_000, 9_000,
    ]);
  });

  it("never allows more in any second than the rate and a burst, whenever somebody asks", () => {
    const rates = fc.double({ min: 0.2, max: 50, noNaN: true });
    const gaps = fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 300 });
    fc.assert(
      fc.property(rates, gaps, (rate, pauses) => {
        const limit = new RateLimit(rate);
        const times: number[] = [];
        let nowMs = 5_000;
        for (const pauseMs of pauses) {
          nowMs += pauseMs;
          if (limit.waitMs("a", nowMs) > 0) continue;
          limit.take("a", nowMs);
          times.push(nowMs);
        }
        expect(mostWithin(1_000, times)).toBeLessThanOrEqual(Math.ceil(rate + rate / 2) + 1);
      }),
    );
  });

  it("counts each key by itself", () => {
    const limit = new RateLimit(1);
    limit.take("a", 1_000);
    expect(limit.waitMs("a", 1_000)).toBe(1_000);
    expect(limit.waitMs("b", 1_000)).toBe(0);
  });

  it("keeps what was used when the rate changes", () => {
    const limit = new RateLimit(1);
    limit.take("a", 1_000);
    limit.setRate(2);
    expect(limit.waitMs("a", 1_500)).toBe(500);
    limit.take("a", 2_000);
    expect(limit.waitMs("a", 2_000)).toBe(500);
  });

  it("forgets keys that nobody uses", () => {
    const limit = new RateLimit(10);
    for (let index = 0; index < 100_000; index++) limit.take(`key ${index}`, index);
    expect(limit.size).toBeLessThan(3_000);
  });

  it("holds as many keys as are in use", () => {
    const limit = new RateLimit(0.01);
    for (let index = 0; index < 10_000; index++) limit.take(`key ${index}`, 1_000);
    expect(limit.size).toBe(10_000);
    expect(limit.waitMs("key 0", 2_000)).toBe(99_000);
  });
});
