import { expect, test } from "vitest";
import { checkTelemetryPath } from "../../src/server/telemetry-path.ts";

test.each(["/metrics", "/", "/a/b.c_~d-e", "/configuration", "/-metrics"])(
  "%s is allowed",
  (path) => {
    expect(() => {
      checkTelemetryPath(path);
    }).not.toThrow();
  },
);

test.each([
  ["metrics", "a path starts with a slash"],
  ["", "a path starts with a slash"],
  ["/metrics?x", "allowed are letters"],
  ["/:id", "allowed are letters"],
  ["/*", "allowed are letters"],
  ["/config", "that path is taken"],
  ["/probe", "that path is taken"],
  ["/-/metrics", "that path is taken"],
  ["/api/v1/paths", "that path is taken"],
])("%j is refused: %s", (path, what) => {
  expect(() => {
    checkTelemetryPath(path);
  }).toThrow(what);
});
