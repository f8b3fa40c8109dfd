import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatProblem } from "../../src/config/problem.ts";
import { errorsOf, judge } from "./test-environment.ts";

/** Pieces of which files are made, right and wrong. */
const words =
  "cluster defaults modules ip_resources peers limits metrics prober smtp x400 tcp name address " +
  "host inbound outbound every schedule 192.0.2.10 '2001:db8::1' 10s '* * * * *' 1984 off null ~ " +
  "-1 .inf &a *a << !x !!str # --- ... %YAML | >- \" ' \\ ? é 😀 __proto__ { } [ ] ,";
const marks = [": ", ":\n  ", ":\n    ", "\n", "\n  ", "\n- ", "\n  - ", "- ", " ", "\t", "\r\n"];
const bytes = ["\0", "\uFEFF", "\uD800", "\u2028", "\u202E", "\u0085"];
const pieces = fc.constantFrom(...words.split(" "), ...marks, ...bytes);

const anyText = fc.oneof(
  fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 200 }),
);

/** Configurations of the right shape with anything in the place of any value. */
const anyValue = fc.oneof(
  fc.constantFrom("smtp", "vip-a", "192.0.2.10", "::1", "10s", "", 0, 1984, -1.5, true, null),
  fc.string({ maxLength: 8 }),
  fc.jsonValue({ maxDepth: 2 }),
);
const anyEntry = (keys: readonly string[]): fc.Arbitrary<Record<string, unknown>> =>
  fc.dictionary(fc.constantFrom(...keys), anyValue, { maxKeys: keys.length });
const anyConfig = fc.record(
  {
    cluster: anyValue,
    defaults: anyEntry(["schedule", "every", "timezone", "timeout", "while_failing", "control"]),
    modules: fc.dictionary(
      fc.constantFrom("smtp", "m", "a b", "toString"),
      fc.oneof(anyValue, anyEntry(["prober", "every", "smtp", "tcp", "phase_timeouts"])),
    ),
    ip_resources: fc.array(fc.oneof(anyValue, anyEntry(["name", "address", "inbound", "smtp"]))),
    peers: fc.array(fc.oneof(anyValue, anyEntry(["name", "host", "outbound", "ip_resources"]))),
    limits: fc.oneof(anyValue, anyEntry(["series", "probes_in_flight"])),
    source_ports: anyValue,
  },
  { requiredKeys: [] },
);

function judgedWell(text: string): void {
  const loaded = judge(text);
  const lines = text.split("\n").length;
  const problems = loaded.ok ? [] : loaded.errors;
  expect(loaded.ok).toBe(problems.length === 0);
  for (const problem of problems) {
    expect(formatProblem(problem)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    expect(problem.line).toBeGreaterThanOrEqual(1);
    expect(problem.line).toBeLessThanOrEqual(lines + 1);
    expect(problem.column).toBeGreaterThanOrEqual(1);
  }
}

function errorsWithoutPlaces(text: string): readonly string[] {
  return errorsOf(text)
    .map((line) => line.replace(/^\d+:\d+: /, ""))
    .toSorted();
}

describe("parseConfig", () => {
  it("answers any text with lines fit to be shown", () => {
    fc.assert(fc.property(anyText, judgedWell), { numRuns: 300 });
  });

  it("answers any values with lines fit to be shown", () => {
    const text = anyConfig.map((config) => JSON.stringify(config, null, 1));
    fc.assert(fc.property(text, judgedWell), { numRuns: 100 });
  });

  it("finds the same errors whatever the layout", () => {
    fc.assert(
      fc.property(anyConfig, (config) => {
        const [flow, lines] = [JSON.stringify(config), JSON.stringify(config, null, 2)];
        expect(errorsWithoutPlaces(flow)).toEqual(errorsWithoutPlaces(lines));
      }),
      { numRuns: 40 },
    );
  });
});
