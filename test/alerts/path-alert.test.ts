import { describe, expect, it } from "vitest";
import { pathAlert } from "../../src/alerts/path-alert.ts";
import type { PathChange } from "../../src/events.ts";
import type { PathAlert } from "../../src/exporters/alertmanager/exporter.ts";
import { someFailure, somePath } from "../support/results.ts";

const alert: PathAlert = pathAlert({
  pathUrl: (id) => `http://agent.example:10225/api/v1/paths/${id}`,
  runbookBaseUrl: "https://runbooks.example",
});

const change: PathChange = {
  path: somePath({ intervalSeconds: 300 }),
  from: "up",
  to: "down",
  failure: someFailure(),
  previousStateSeconds: 10,
  atMs: 0,
};

describe("pathAlert", () => {
  it("names the path and the failure, with nothing that changes among the labels", () => {
    const failure = someFailure({ phase: "banner", reason: "rejected_transient", code: 421 });
    expect(alert.text(somePath(), failure)).toEqual({
      labels: {
        alertname: "MtaPathFaulty",
        severity: "critical",
        mta_cluster: "mail1",
        direction: "outbound",
        ip_resource: "vip-a",
        address: "192.0.2.10",
        peer: "partner",
        peer_address: "198.51.100.1",
        module: "smtp",
        prober: "smtp",
      },
      annotations: {
        summary: "A mail path does not work",
        description:
          "smtp from vip-a (192.0.2.10) to partner (198.51.100.1) fails: rejected_transient in phase banner",
        runbook_url: "https://runbooks.example/MtaPathFaulty.md",
        detail: failure.detail,
      },
      generatorUrl: "http://agent.example:10225/api/v1/paths/path-1",
    });
  });

  it("leaves out labels without a value, as Prometheus does", () => {
    const inbound = somePath({ direction: "inbound", peer: "", peerAddress: "" });
    const { labels, annotations } = alert.text(inbound, null);
    expect(Object.keys(labels)).not.toContain("peer");
    expect(annotations).toMatchObject({ description: "smtp to vip-a (192.0.2.10) fails" });
    expect(annotations).not.toHaveProperty("detail");
  });

  it("gives a path that worked its next probe before the time begins to count", () => {
    expect(alert.firesAfterSeconds(change)).toBe(360);
    expect(alert.firesAfterSeconds({ ...change, from: "unknown" })).toBe(60);
  });
});
