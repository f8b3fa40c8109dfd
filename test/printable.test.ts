import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printable } from "../src/printable.ts";

/** Inputs that each property is tried on. */
const RUNS = 20_000;

/** What a terminal, a log reader or a page could take for more than text. */
const unsafe = /\p{Cc}|\p{Cf}|\p{Cs}|[\u2028\u2029]/u;

/** The longest escape of one character: `\u{10ffff}`. */
const ESCAPE = 10;

function latin1(text: string): string {
  return Buffer.from(text).toString("latin1");
}

describe("text made printable", () => {
  it.each([
    ["plain text", "mx.example.test ESMTP", "mx.example.test ESMTP"],
    ["nothing", "", ""],
    ["a line end", "a\r\nb", "a\\x0d\\x0ab"],
    ["a NUL", "a\0b", "a\\x00b"],
    ["a terminal's escape sequence", "\u001B[31mred", "\\x1b[31mred"],
    ["a C1 control character in UTF-8", latin1("a\u009Bb"), "a\\x9bb"],
    ["a C1 control character as an octet", "a\x9bb", "a\\x9bb"],
    ["delete", "a\x7fb", "a\\x7fb"],
    ["a backslash", "a\\x00b", "a\\\\x00b"],
    ["a bidirectional override", latin1("a\u202Eb"), "a\\u{202e}b"],
    ["a bidirectional isolate", "a\u2066b", "a\\u{2066}b"],
    ["a zero width space", latin1("a\u200Bb"), "a\\u{200b}b"],
    ["a soft hyphen", latin1("a\u00ADb"), "a\\xadb"],
    ["a byte order mark inside", latin1("a\uFEFFb"), "a\\u{feff}b"],
    ["a line separator", latin1("a\u2028b"), "a\\u{2028}b"],
    ["a language tag", latin1("a\u{E0041}b"), "a\\u{e0041}b"],
    ["half a surrogate pair", "a\uD83Db", "a\\u{d83d}b"],
    ["UTF-8 in octets", latin1("Grüße, мир, 😀"), "Grüße, мир, 😀"],
    ["UTF-8 already read", "Grüße, мир, 😀", "Grüße, мир, 😀"],
    ["Latin-1 in octets", "Gr\xfc\xdfe", "Gr\\xfc\\xdfe"],
    ["overlong UTF-8", "a\xc0\x8ab", "a\\xc0\\x8ab"],
    ["a surrogate in UTF-8", "a\xed\xa0\x80b", "a\\xed\\xa0\\x80b"],
  ])("shows %s as it should", (_what, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it("is cut at 200 characters", () => {
    expect(printable("x".repeat(200))).toBe("x".repeat(200));
    expect(printable("x".repeat(201))).toBe(`${"x".repeat(200)}…`);
    expect(printable("x".repeat(100_000), 3)).toBe("xxx…");
  });

  it("is not cut inside a character", () => {
    const russian = latin1("мир".repeat(100));
    expect(printable(russian, 199)).toBe(`${"мир".repeat(33)}…`);
    expect(printable(`${"x".repeat(199)}😀`, 200)).toBe(`${"x".repeat(199)}…`);
  });
});

describe(`text made printable, on ${RUNS} inputs each`, () => {
  const octets = fc.uint8Array({ maxLength: 300 }).map((values) => Buffer.from(values));
  const anyText = fc.oneof(
    octets.map((values) => values.toString("latin1")),
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.string({ unit: "binary", maxLength: 100 }).map((text) => latin1(text)),
    fc.string({
      unit: fc.constantFrom("\u202E", "\u001B", "\\", "é", "x", "\uD83D"),
      maxLength: 300,
    }),
  );
  const anyLimit = fc.integer({ min: 1, max: 250 });

  it("never has a control, format or bidirectional character", () => {
    const property = fc.property(anyText, anyLimit, (text, limit) => {
      expect(printable(text, limit)).not.toMatch(unsafe);
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it("is never longer than its limit allows, nor when it is done twice", () => {
    const property = fc.property(anyText, anyLimit, (text, limit) => {
      const shown = printable(text, limit);
      expect(shown.length).toBeLessThanOrEqual(limit * ESCAPE + 1);
      expect(printable(shown, limit).length).toBeLessThanOrEqual(limit * ESCAPE + 1);
      expect(printable(shown, limit)).not.toMatch(unsafe);
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it("leaves what is safe as it is, read from its octets", () => {
    const unit = fc.constantFrom("a", "Z", "0", " ", "<", '"', "{", "é", "м", "字", "😀");
    const property = fc.property(fc.string({ unit, maxLength: 50 }), (text) => {
      expect(printable(latin1(text))).toBe(text);
    });
    fc.assert(property, { numRuns: RUNS });
  });
});
