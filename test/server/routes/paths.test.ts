import { beforeEach, describe, expect, test } from "vitest";
import { failed, someFailure, somePath, success } from "../../support/results.ts";
import { sampleApp } from "../sample-readers.ts";

type App = Awaited<ReturnType<typeof sampleApp>>;
let sample: App;

beforeEach(async () => {
  sample = await sampleApp();
});

async function get(url: string) {
  const response = await sample.app.inject(url);
  return { status: response.statusCode, body: response.json<unknown>() };
}

describe("the list", () => {
  test("shows each path with the labels of its series, its state and its newest result", async () => {
    const failure = someFailure({ reason: "timeout", phase: "banner" });
    sample.paths.views = [
      {
        path: somePath(),
        state: "down",
        sinceMs: Date.UTC(2026, 0, 1, 12),
        lastResult: failed(failure),
        history: [],
      },
    ];
    expect(await get("/api/v1/paths")).toEqual({
      status: 200,
      body: {
        status: "success",
        data: {
          paths: [
            {
              id: "path-1",
              labels: {
                mta_cluster: "mail1",
                direction: "outbound",
                ip_resource: "vip-a",
                address: "192.0.2.10",
                peer: "partner",
                peer_address: "198.51.100.1",
                module: "smtp",
                prober: "smtp",
              },
              interval_seconds: 15,
              state: "down",
              since: "2026-01-01T12:00:00.000Z",
              last_result: {
                outcome: "failure",
                started_at: "2026-01-01T00:00:00.000Z",
                duration_seconds: 0.012,
                failure,
              },
            },
          ],
        },
      },
    });
  });

  test.each([0, 1, 100, 101, 250])("of %i paths is whole JSON", async (count) => {
    sample.paths.views = Array.from({ length: count }, (_, index) => ({
      path: somePath({ id: `path-${index}` }),
      state: "unknown",
      sinceMs: null,
      lastResult: null,
      history: [],
    }));
    const { body } = await get("/api/v1/paths");
    expect(body).toHaveProperty("data.paths.length", count);
  });

  test.each([
    ["state=down", ["b"]],
    ["ip_resource=vip-a", ["a", "b"]],
    ["direction=inbound", ["c"]],
    ["peer=partner&state=up", ["a"]],
    ["module=x400", ["c"]],
    ["module=absent", []],
    ["state=", ["a", "b", "c"]],
  ])("narrows down by %s", async (query, ids) => {
    const view = { sinceMs: null, lastResult: null, history: [] };
    sample.paths.views = [
      { ...view, path: somePath({ id: "a" }), state: "up" },
      { ...view, path: somePath({ id: "b" }), state: "down" },
      {
        ...view,
        path: somePath({
          id: "c",
          direction: "inbound",
          ipResource: "vip-b",
          peer: "",
          module: "x400",
        }),
        state: "unknown",
      },
    ];
    const response = await sample.app.inject(`/api/v1/paths?${query}`);
    const { data } = response.json<{ data: { paths: { id: string }[] } }>();
    expect(data.paths.map(({ id }) => id)).toEqual(ids);
  });

  test.each(["state=broken", "direction=sideways", "state=up&state=down"])(
    "refuses %s as bad data",
    async (query) => {
      const { status, body } = await get(`/api/v1/paths?${query}`);
      expect(status).toBe(400);
      expect(body).toMatchObject({ status: "error", errorType: "bad_data" });
    },
  );
});

describe("one path", () => {
  test("comes with its history and transcripts", async () => {
    sample.paths.views = [
      {
        path: somePath({ id: "0a1b" }),
        state: "up",
        sinceMs: 0,
        lastResult: success(),
        history: [success(), failed()],
      },
    ];
    const { status, body } = await get("/api/v1/paths/0a1b");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: "success",
      data: {
        id: "0a1b",
        state: "up",
        history: [
          {
            outcome: "success",
            phases: [
              { phase: "connect", duration_seconds: 0.001 },
              { phase: "banner", duration_seconds: 0.011 },
            ],
            facts: [{ metric: "mta_smtp_reply_code", value: 250, labels: [] }],
            info: { banner: "mx.example.org ESMTP" },
            transcript: [{ at_seconds: 0.001, from: "peer", summary: "220 mx.example.org ESMTP" }],
            local_address: "192.0.2.10",
          },
          { outcome: "failure", failure: { reason: "connection_refused" } },
        ],
      },
    });
  });

  test.each(["nosuch", "%3Cscript%3E", "a%2Fb"])("%s does not exist", async (id) => {
    expect(await get(`/api/v1/paths/${id}`)).toEqual({
      status: 404,
      body: {
        status: "error",
        errorType: "not_found",
        error: "there is no path with this id",
      },
    });
  });
});
