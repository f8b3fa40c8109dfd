import { expect, test } from "vitest";
import { debugPage } from "../../../src/server/probe/debug-page.ts";
import { failed, someFailure, success } from "../../support/results.ts";

test("tells what happened in order, then shows the metrics", () => {
  const failure = someFailure({
    phase: "banner",
    reason: "rejected_transient",
    code: 421,
    detail: "421 too busy",
  });
  const result = failed(failure, {
    transcript: [
      { atSeconds: 0.001, from: "peer", summary: "421 too busy" },
      { atSeconds: 0.0015, from: "probe", summary: "QUIT" },
    ],
  });
  expect(debugPage("smtp", result, "probe_success 0\n")).toBe(`Logs for the probe:
Beginning probe smtp at 2026-01-01T00:00:00.000Z
Connected from 192.0.2.10
   0.001000s < 421 too busy
   0.001500s > QUIT
Probe failed after 0.012000s: phase=banner reason=rejected_transient code=421 421 too busy

Phases:
   0.001000s connect
   0.011000s banner

Metrics that would have been returned:
probe_success 0
`);
});

test("names what went wrong after the answer", () => {
  const warning = someFailure({ phase: "quit", reason: "connection_reset", detail: "reset" });
  const page = debugPage("smtp", success({ warnings: [warning] }), "");
  expect(page).toContain("warning: phase=quit reason=connection_reset reset\n");
  expect(page).toContain("Probe succeeded after 0.012000s\n");
});
