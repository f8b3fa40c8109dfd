import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  digits,
  NUMBER_OCTETS,
  renderNumber,
  valueText,
} from "../../../src/exporters/prometheus/number-text.ts";

function rendered(value: number, decimals: number | null): string {
  return Buffer.from(digits.subarray(renderNumber(value, decimals))).toString("latin1");
}

describe("renderNumber", () => {
  it.each([
    [0, "0"],
    [-0, "0"],
    [7, "7"],
    [-42, "-42"],
    [999_999_999, "999999999"],
    [1_000_000_000, "1000000000"],
    [1_767_225_600_123, "1767225600123"],
    [Number.MAX_SAFE_INTEGER, "9007199254740991"],
    [2 ** 53, "9007199254740992"],
    [0.1, "0.1"],
    [-1.2345678901234567e-308, "-1.2345678901234567e-308"],
    [1e21, "1e+21"],
    [Number.NaN, "NaN"],
    [Infinity, "+Inf"],
    [-Infinity, "-Inf"],
  ])("writes %d exactly as %s", (value, text) => {
    expect(rendered(value, null)).toBe(text);
    expect(valueText(value)).toBe(text);
  });

  it.each([
    [0, 9, "0.000000000"],
    [0.1 + 0.2, 9, "0.300000000"],
    [0.000_412_345_678_9, 9, "0.000412346"],
    [0.999_999_999_9, 9, "1.000000000"],
    [12.5, 0, "13"],
    [-1.25, 9, "-1.250000000"],
    [1_767_225_600.123, 3, "1767225600.123"],
    [1_767_225_599.9996, 3, "1767225600.000"],
    [Number.MAX_SAFE_INTEGER, 9, "9007199254740991.000000000"],
    [1e300, 9, "1e+300"],
    [Number.NaN, 9, "NaN"],
    [-Infinity, 3, "-Inf"],
  ])("writes %d with %d decimals as %s", (value, decimals, text) => {
    expect(rendered(value, decimals)).toBe(text);
  });

  it("reads back as the same value, from within its widest form", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = rendered(value, null);
        expect(Number(text)).toBe(value === 0 ? 0 : value);
        expect(text.length).toBeLessThanOrEqual(NUMBER_OCTETS);
      }),
    );
  });

  it("cuts noise to the nearest decimal and keeps every millisecond of a time", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (seconds) => {
        expect(Math.abs(Number(rendered(seconds, 9)) - seconds)).toBeLessThan(0.6e-9);
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (ms) => {
        expect(Math.round(Number(rendered(ms / 1000, 3)) * 1000)).toBe(ms);
      }),
    );
  });
});
