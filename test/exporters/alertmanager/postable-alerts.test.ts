import { describe, expect, it } from "vitest";
import { postableAlerts } from "../../../src/exporters/alertmanager/postable-alerts.ts";
import { someNotice, STARTED_AT_MS } from "./notices.ts";

const FIRING_MS = 240_000;

describe("postableAlerts", () => {
  it("lets a firing alert end some time from now, whenever it began", () => {
    const { text } = someNotice("a");
    expect(postableAlerts([someNotice("a")], STARTED_AT_MS + 60_000, FIRING_MS)).toEqual([
      {
        labels: text.labels,
        annotations: text.annotations,
        startsAt: "2026-01-01T00:00:00.000Z",
        endsAt: "2026-01-01T00:05:00.000Z",
        generatorURL: text.generatorUrl,
      },
    ]);
  });

  it("lets a resolved alert end when it was resolved, however late it is sent", () => {
    const notice = someNotice("a", { resolvedAtMs: STARTED_AT_MS + 90_000 });
    expect(postableAlerts([notice], STARTED_AT_MS + 600_000, FIRING_MS)).toMatchObject([
      { startsAt: "2026-01-01T00:00:00.000Z", endsAt: "2026-01-01T00:01:30.000Z" },
    ]);
  });

  it("never ends an alert before it starts, although the clock stepped back", () => {
    const notice = someNotice("a", { resolvedAtMs: STARTED_AT_MS - 3_600_000 });
    expect(postableAlerts([notice], STARTED_AT_MS, FIRING_MS)).toMatchObject([
      { startsAt: "2025-12-31T23:00:00.000Z", endsAt: "2025-12-31T23:00:00.000Z" },
    ]);
  });

  it("leaves out a generator that is no URL, for which Alertmanager would refuse the alert", () => {
    const notice = someNotice("a");
    const text = { ...notice.text, generatorUrl: "nowhere" };
    expect(postableAlerts([{ ...notice, text }], STARTED_AT_MS, FIRING_MS)[0]).not.toHaveProperty(
      "generatorURL",
    );
  });
});
