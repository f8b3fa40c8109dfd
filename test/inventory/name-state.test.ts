import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  afterAnswer,
  askAgainAfterMs,
  type NameState,
  nextExpiryMs,
  resolutionOf,
  UNKNOWN_NAME,
} from "../../src/inventory/name-state.ts";
import type { Answer } from "../../src/inventory/resolution.ts";
import { absent, failed, FAILED, found, ipv4, NOT_FOUND } from "../support/names.ts";

const MANY = 1_000;

/** What is known after answers, each at its time in seconds. */
function known(...answers: readonly (readonly [atSeconds: number, answer: Answer])[]): NameState {
  let state = UNKNOWN_NAME;
  for (const [atSeconds, answer] of answers) state = afterAnswer(state, answer, atSeconds * 1000);
  return state;
}

function resolution(state: NameState, atSeconds: number, limit = MANY) {
  return resolutionOf(state, atSeconds * 1000, limit);
}

const dual: Answer = { ipv4: found(60, "192.0.2.2", "192.0.2.1"), ipv6: found(20, "2001:db8::1") };

describe("what is known of a name", () => {
  it("is that nobody answered, before the first answer and when that is a failure", () => {
    const nothing = { addresses: [], expired: [], omitted: 0, error: "resolver_failed" };
    expect(resolution(UNKNOWN_NAME, 0)).toEqual(nothing);
    expect(resolution(known([0, failed]), 1)).toEqual(nothing);
  });

  it("is all its addresses, sorted, each once", () => {
    const mapped: Answer = { ipv4: found(60, "192.0.2.1"), ipv6: found(60, "192.0.2.1") };
    expect(resolution(known([0, dual]), 1)).toEqual({
      addresses: ["192.0.2.1", "192.0.2.2", "2001:db8::1"],
      expired: [],
      omitted: 0,
      error: null,
    });
    expect(resolution(known([0, mapped]), 1).addresses).toEqual(["192.0.2.1"]);
  });

  it("is no more addresses than the limit, always the same ones, and how many are left out", () => {
    const all = Array.from({ length: 1_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    const first = resolution(known([0, ipv4(60, ...all)]), 1, 16);
    const second = resolution(known([0, ipv4(60, ...all.toReversed())]), 1, 16);
    expect(first.addresses).toHaveLength(16);
    expect(first.omitted).toBe(984);
    expect(second).toEqual(first);
  });

  it("keeps a good answer when the name server fails, until its TTL is over", () => {
    const state = known([0, ipv4(60, "192.0.2.1")], [48, failed]);
    const good = { addresses: ["192.0.2.1"], expired: [], omitted: 0, error: null };
    expect(resolution(state, 59.999)).toEqual(good);
    expect(resolution(state, 60)).toEqual({
      ...good,
      expired: ["192.0.2.1"],
      error: "resolver_failed",
    });
    expect(resolution(afterAnswer(state, ipv4(60, "192.0.2.1"), 61_000), 61)).toEqual(good);
  });

  it("lets each family run out by itself", () => {
    const state = known([0, dual], [15, { ipv4: found(60, "192.0.2.1"), ipv6: FAILED }]);
    expect(resolution(state, 19)).toMatchObject({
      addresses: ["192.0.2.1", "2001:db8::1"],
      expired: [],
    });
    expect(resolution(state, 20)).toMatchObject({
      addresses: ["192.0.2.1", "2001:db8::1"],
      expired: ["2001:db8::1"],
      error: null,
    });
  });

  it("believes at once that a name, or its addresses of a family, are gone", () => {
    expect(resolution(known([0, dual], [10, absent]), 10)).toEqual({
      addresses: [],
      expired: [],
      omitted: 0,
      error: "name_not_found",
    });
    const noIpv6 = { ipv4: found(60, "192.0.2.1"), ipv6: NOT_FOUND };
    expect(resolution(known([0, dual], [10, noIpv6]), 10).addresses).toEqual(["192.0.2.1"]);
  });

  it("does not say that a name is missing while a family got no answer, or long after", () => {
    const half = { ipv4: NOT_FOUND, ipv6: FAILED };
    expect(resolution(known([0, half]), 1).error).toBe("resolver_failed");
    const state = known([0, absent], [15, failed], [30, failed], [45, failed]);
    expect(resolution(state, 59).error).toBe("name_not_found");
    expect(resolution(state, 60).error).toBe("resolver_failed");
  });

  it("changes by the passing of time when the first family runs out, and then the next", () => {
    const state = known([0, dual]);
    expect(nextExpiryMs(state, 0)).toBe(20_000);
    expect(nextExpiryMs(state, 20_000)).toBe(60_000);
    expect(nextExpiryMs(state, 60_000)).toBe(Number.POSITIVE_INFINITY);
  });

  const families = fc.oneof(
    fc.constant(FAILED),
    fc.constant(NOT_FOUND),
    fc
      .tuple(fc.integer({ min: 0, max: 10_000 }), fc.subarray(["192.0.2.1", "192.0.2.2"]))
      .map(([ttlSeconds, addresses]) => found(ttlSeconds, ...addresses)),
  );
  const answers = fc.array(
    fc.record({ afterMs: fc.integer({ min: 0, max: 100_000 }), family: families }),
  );

  it("never lets an address be dialled that the last hour has not confirmed", () => {
    fc.assert(
      fc.property(answers, fc.integer({ min: 0, max: 10_000_000 }), (given, laterMs) => {
        let nowMs = 0;
        let state = UNKNOWN_NAME;
        let confirmedMs = Number.NEGATIVE_INFINITY;
        for (const { afterMs, family } of given) {
          nowMs += afterMs;
          state = afterAnswer(state, { ipv4: family, ipv6: NOT_FOUND }, nowMs);
          if ("addresses" in family) confirmedMs = nowMs;
        }
        nowMs += laterMs;
        const { addresses, expired, error } = resolutionOf(state, nowMs, MANY);
        const usable = addresses.filter((address) => !expired.includes(address));
        const isConfirmed = nowMs - confirmedMs <= 3_600_000;
        expect(usable.length > 0 && !isConfirmed).toBe(false);
        expect(error === null).toBe(usable.length > 0);
      }),
    );
  });
});

function afterSeconds(state: NameState, answer: Answer, atSeconds: number): number {
  return askAgainAfterMs(state, answer, atSeconds * 1000) / 1000;
}

/** Seconds up to the next look-up when both families have an address with such a TTL. */
function afterTtls(ipv4Ttl: number, ipv6Ttl: number): number {
  const answer = { ipv4: found(ipv4Ttl, "192.0.2.1"), ipv6: found(ipv6Ttl, "2001:db8::1") };
  return afterSeconds(known([0, answer]), answer, 0);
}

describe("asking again", () => {
  it("comes before the shortest TTL is over, which is taken for 5 seconds to an hour", () => {
    expect(afterTtls(300, 60)).toBe(48);
    expect(afterTtls(0, 60)).toBe(4);
    expect(afterTtls(86_400, 86_400)).toBe(2_880);
  });

  it("comes after 15 seconds when there is no address", () => {
    expect(afterSeconds(known([0, absent]), absent, 0)).toBe(15);
    expect(afterSeconds(known([0, dual], [10, absent]), absent, 10)).toBe(15);
  });

  it("comes by the TTL when one family has no address", () => {
    const answer = ipv4(300, "192.0.2.1");
    expect(afterSeconds(known([0, answer]), answer, 0)).toBe(240);
  });

  it("comes soon after a failure, and before what is known runs out", () => {
    expect(afterSeconds(known([0, failed]), failed, 0)).toBe(15);
    expect(afterSeconds(known([0, ipv4(60, "192.0.2.1")], [48, failed]), failed, 48)).toBe(6);
    expect(afterSeconds(known([0, ipv4(60, "192.0.2.1")], [58, failed]), failed, 58)).toBe(5);
    expect(afterSeconds(known([0, ipv4(3_600, "192.0.2.1")], [10, failed]), failed, 10)).toBe(15);
  });
});
