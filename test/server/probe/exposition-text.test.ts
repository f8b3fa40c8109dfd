import { expect, test } from "vitest";
import { expositionText } from "../../../src/server/probe/exposition-text.ts";

test("writes families with their help and escapes what needs it", () => {
  const text = expositionText([
    { name: "a", help: 'One "quoted"\nline\\', samples: [{ value: 1 }] },
    {
      name: "b",
      help: "Two",
      samples: [
        { labels: { x: 'a"b\\c\nd', y: "" }, value: 0.5 },
        { labels: { x: "ä" }, value: -1e-9 },
      ],
    },
    { name: "empty", help: "Nothing", samples: [] },
  ]);
  expect(text).toBe(
    [
      '# HELP a One "quoted"\\nline\\\\',
      "# TYPE a gauge",
      "a 1",
      "# HELP b Two",
      "# TYPE b gauge",
      'b{x="a\\"b\\\\c\\nd",y=""} 0.5',
      'b{x="ä"} -1e-9',
      "",
    ].join("\n"),
  );
});

test.each([
  [Infinity, "+Inf"],
  [-Infinity, "-Inf"],
  [NaN, "NaN"],
  [1e21, "1e+21"],
])("writes %d as %s", (value, text) => {
  expect(expositionText([{ name: "n", help: "N", samples: [{ value }] }])).toContain(
    `\nn ${text}\n`,
  );
});
