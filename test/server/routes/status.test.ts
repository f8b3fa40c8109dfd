import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../../src/server/limits.ts";
import type { PathDetail } from "../../../src/server/readers.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { failed, inconclusive, someFailure, somePath, success } from "../../support/results.ts";
import { sampleApp } from "../sample-readers.ts";

const startMs = new ManualClock().wallMs();

function view(fields: Partial<PathDetail> = {}): PathDetail {
  return {
    path: somePath(),
    state: "unknown",
    sinceMs: null,
    lastResult: null,
    history: [],
    ...fields,
  };
}

async function page(views: readonly PathDetail[], query = "") {
  const clock = new ManualClock();
  clock.advance(60_000);
  const { app, paths } = await sampleApp({ clock });
  paths.views = [...views];
  return app.inject(`/${query}`);
}

test("shows a failing path with its phase, reason, code, age and how long it lasts", async () => {
  const failure = someFailure({
    phase: "banner",
    reason: "rejected_transient",
    code: 421,
    detail: "421 too busy",
  });
  const { body, headers } = await page([
    view({
      state: "down",
      sinceMs: startMs - 3_600_000,
      lastResult: failed(failure, { startedAtMs: startMs + 50_000 }),
    }),
  ]);
  expect(headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(body).toContain('<tr class="down">\n<td class="state">✗ failing</td>');
  expect(body).toContain("vip-a<small>192.0.2.10</small>");
  expect(body).toContain("partner<small>198.51.100.1</small>");
  expect(body).toContain("<code>banner</code> <code>rejected_transient</code> (421)");
  expect(body).toContain("<small>421 too busy</small>");
  expect(body).toContain('<td class="number">1h 1m</td>');
  expect(body).toContain('<td class="number">10s ago</td>');
  expect(body).toContain('<td class="number">12 ms</td>');
  expect(body).toContain("<title>1 failing · mail1 · mta-exporter</title>");
  expect(body).toContain('<a href="api/v1/paths/path-1">smtp</a>');
});

test("marks a result that should have been replaced long ago, and one of the agent's own trouble", async () => {
  const { body } = await page([
    view({
      state: "up",
      sinceMs: startMs,
      lastResult: { ...inconclusive(), startedAtMs: startMs },
    }),
  ]);
  expect(body).toContain("overdue");
  expect(body).toContain("<em>inconclusive</em>");
});

test("a path without a result is neither up nor down", async () => {
  const { body } = await page([
    view({ path: somePath({ ipResource: "", address: "", peerAddress: "" }) }),
  ]);
  expect(body).toContain("… no result yet");
  expect(body).toContain("<em>control</em>");
  expect(body).not.toContain("<small>");
});

test("no text becomes markup, wherever it stands", async () => {
  const evil = `<script>"'&`;
  const { body } = await page(
    [
      view({
        path: somePath({ ipResource: evil, address: evil, peer: evil, module: evil, id: evil }),
        state: "down",
        lastResult: failed(someFailure({ detail: evil })),
      }),
    ],
    `?peer=${encodeURIComponent(evil)}`,
  );
  expect(body).not.toContain("<script");
  expect(body).not.toContain(`"'&<`);
  expect(body.match(/&lt;script&gt;&quot;&#39;&amp;/g)?.length).toBeGreaterThan(6);
});

test("its policy allows its own style and nothing else", async () => {
  const { body, headers } = await page([]);
  const style = /<style>([^]*)<\/style>/.exec(body)?.[1] ?? "";
  const hash = createHash("sha256").update(style).digest("base64");
  expect(headers["content-security-policy"]).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  );
  expect(body).not.toMatch(/<script|\son\w+=|\sstyle=/);
});

test("failing paths stand first, and the parameters of the API narrow down", async () => {
  const views = [
    view({ path: somePath({ id: "good" }), state: "up" }),
    view({ path: somePath({ id: "bad", peer: "other" }), state: "down" }),
  ];
  const all = await page(views);
  expect(all.body.indexOf("paths/bad")).toBeLessThan(all.body.indexOf("paths/good"));
  const other = await page(views, "?peer=other");
  expect(other.body).toContain("paths/bad");
  expect(other.body).not.toContain("paths/good");
  expect(other.body).toContain("<option selected>other</option>");
  expect((await page(views, "?state=broken")).statusCode).toBe(400);
});

test("2,000 paths stand on one page, more on several", async () => {
  const views = Array.from({ length: 4001 }, (_, index) =>
    view({ path: somePath({ id: `p${index}-` }), state: "up", lastResult: success() }),
  );
  const one = await page(views.slice(0, 2000));
  expect(one.body.match(/<tr class/g)).toHaveLength(2000);
  expect(one.body).toContain("<caption>2000 paths, failing ones first</caption>");
  expect(one.body).not.toContain("Page 1");

  const second = await page(views, "?page=2&state=up");
  expect(second.body).toContain("Paths 2001 to 4000 of 4001");
  expect(second.body).toContain("paths/p2000-");
  expect(second.body).toContain('<a href="?page=1&amp;state=up">Previous</a>');
  expect(second.body).toContain('<a href="?page=3&amp;state=up">Next</a>');
  const last = await page(views, "?page=99");
  expect(last.body.match(/<tr class/g)).toHaveLength(1);
});

test.each(["0", "-3", "x", "1e9"])("page=%s shows a page all the same", async (number) => {
  const response = await page([view()], `?page=${number}`);
  expect(response.statusCode).toBe(200);
  expect(response.body.match(/<tr class/g)).toHaveLength(1);
});

test("beyond the places there are, a page is 503", async () => {
  const { app } = await sampleApp({ limits: { ...DEFAULT_LIMITS, pagesInFlight: 0 } });
  expect((await app.inject("/")).statusCode).toBe(503);
  expect((await app.inject("/api/v1/paths")).statusCode).toBe(503);
});

test("links to the metrics where they are", async () => {
  const { app } = await sampleApp({ telemetryPath: "/other/metrics" });
  expect((await app.inject("/")).body).toContain('<a href="other/metrics">Metrics</a>');
});
