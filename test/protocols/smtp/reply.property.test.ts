import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readReply } from "./read-reply.ts";

const LIMITS = { lineOctets: 64, lines: 5 };

/** Inputs that each property is tried on. */
const RUNS = 10_000;

const pieces = ["220 mx\r\n", "220-mx\r\n", "250-SIZE\r\n", "\r\n", "\r", "\n", "220", "25", "2"];
const octets = ["0", "1", "9", " ", "-", "x", "\0", "\xff"];

/** Octets much like those of a reply, among them lines about as long as they may be. */
const likely = fc
  .array(fc.constantFrom(...pieces, ...octets, ...pieces, "x".repeat(50)), { maxLength: 40 })
  .map((parts) => Buffer.from(parts.join(""), "latin1"));
const random = fc.uint8Array({ maxLength: 300 }).map((values) => Buffer.from(values));
const input = fc.oneof({ weight: 3, arbitrary: likely }, { weight: 1, arbitrary: random });
const places = fc.array(fc.nat(400), { maxLength: 12 });

/** Cuts octets at the places given. */
function segments(whole: Buffer, cuts: readonly number[]): Buffer[] {
  const starts = [0, ...cuts.map((place) => place % (whole.length + 1))].toSorted((a, b) => a - b);
  return starts.map((start, index) => whole.subarray(start, starts[index + 1] ?? whole.length));
}

describe(`a reader of SMTP replies, on ${RUNS} inputs each`, () => {
  it("reads the same whatever the segments are, and throws nothing but a WireError", () => {
    const property = fc.property(input, places, (whole, cuts) => {
      const reading = readReply([whole], LIMITS);
      const single = Array.from(whole, (octet) => Buffer.of(octet));
      expect(readReply(segments(whole, cuts), LIMITS)).toEqual(reading);
      expect(readReply(single, LIMITS)).toEqual(reading);
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it("holds no more than its limits before it has a reply or an error", () => {
    const most = LIMITS.lines * (LIMITS.lineOctets + 1);
    const property = fc.property(fc.array(input, { minLength: 1, maxLength: 100 }), (parts) => {
      const whole = Buffer.concat(parts);
      const { reply, surplus, error } = readReply(parts, LIMITS);
      const undecided = reply === null && error === null;
      expect(undecided ? whole.length : 0).toBeLessThanOrEqual(most);
      expect(surplus.length).toBeLessThanOrEqual(LIMITS.lineOctets);
      expect(reply?.lines.length ?? 0).toBeLessThanOrEqual(LIMITS.lines);
      expect(reply?.lines.every(({ length }) => length < LIMITS.lineOctets)).not.toBe(false);
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it("reads back every reply that may be written", () => {
    const unit = fc.constantFrom("a", "b", " ", "0", "9", "-", ".", "\t", "\xe9", "\0");
    const text = fc.string({ unit, maxLength: 55 });
    const texts = fc.array(text, { minLength: 1, maxLength: LIMITS.lines });
    const digits = fc.tuple(
      fc.integer({ min: 2, max: 5 }),
      fc.integer({ min: 0, max: 5 }),
      fc.nat(9),
    );
    const property = fc.property(digits, texts, (code, lines) => {
      const start = code.join("");
      const last = lines.length - 1;
      const written = lines.map(
        (line, index) => `${start}${index === last ? " " : "-"}${line}\r\n`,
      );
      const { reply, surplus } = readReply([Buffer.from(written.join(""), "latin1")], LIMITS);
      expect(reply).toMatchObject({ code: Number(start), lines });
      expect(surplus).toBe("");
    });
    fc.assert(property, { numRuns: RUNS });
  });
});
