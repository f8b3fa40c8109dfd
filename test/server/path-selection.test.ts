import { expect, test } from "vitest";
import type { PathState } from "../../src/events.ts";
import { failingFirst } from "../../src/server/path-selection.ts";
import type { PathView } from "../../src/server/readers.ts";
import { somePath } from "../support/results.ts";

function view(id: string, state: PathState, ipResource: string): PathView {
  return { path: somePath({ id, ipResource }), state, sinceMs: null, lastResult: null };
}

test("failing paths come first, each state by IP resource as people count, control paths last", () => {
  const views = [
    view("control", "up", ""),
    view("ten", "up", "vip-10"),
    view("two", "up", "vip-2"),
    view("new", "unknown", "vip-2"),
    view("down-control", "down", ""),
    view("down-ten", "down", "vip-10"),
    view("two-again", "up", "vip-2"),
  ];
  expect(failingFirst(views).map(({ path }) => path.id)).toEqual([
    "down-ten",
    "down-control",
    "new",
    "two",
    "two-again",
    "ten",
    "control",
  ]);
});

test("keeps every path, and its argument as it was", () => {
  const views = Array.from({ length: 50 }, (_, index) =>
    view(`${index}`, "up", `vip-${index % 7}`),
  );
  const before = [...views];
  expect(new Set(failingFirst(views))).toEqual(new Set(views));
  expect(views).toEqual(before);
});
