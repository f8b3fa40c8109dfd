import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance, nearest } from "../../src/config/nearest.ts";

describe("editDistance", () => {
  it.each([
    ["", "", 0],
    ["abc", "", 3],
    ["adress", "address", 1],
    ["smpt", "smtp", 1],
    ["kitten", "sitting", 3],
    ["ca", "abc", 3],
  ])("%j and %j are %d edits apart", (a, b, edits) => {
    expect(editDistance(a, b)).toBe(edits);
  });

  it("is the same both ways, 0 only for equals, and never more than the longer text", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const edits = editDistance(a, b);
        expect(editDistance(b, a)).toBe(edits);
        expect(edits === 0).toBe(a === b);
        expect(edits).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe("nearest", () => {
  it("takes the first of equals, whatever the case", () => {
    expect(nearest("STARTTLS", ["port", "starttls"])).toBe("starttls");
    expect(nearest("x", ["a", "b"])).toBe("a");
  });

  it("takes one that was cut short before one that merely looks alike", () => {
    expect(nearest("probes", ["series", "probes_in_flight"])).toBe("probes_in_flight");
  });

  it("finds nothing among nothing, or too far away", () => {
    expect(nearest("x", [])).toBeNull();
    expect(nearest("CEST", ["Europe/Berlin"], 3)).toBeNull();
  });

  it("is quick with absurdly long words", () => {
    expect(nearest("p".repeat(1_000_000), ["port"])).toBe("port");
  });
});
