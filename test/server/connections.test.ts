import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { ManualClock } from "../support/manual-clock.ts";
import { RawClient, get } from "./raw-client.ts";
import { latch } from "./sample-readers.ts";
import { sampleServer } from "./sample-server.ts";

describe("what is no proper request", () => {
  test.each([
    ["headers beyond the cap", get("/", `X: ${"x".repeat(9000)}`), 431],
    ["an address beyond the cap", get(`/${"x".repeat(9000)}`), 431],
    ["a method that does not exist", "FOO / HTTP/1.1\r\nHost: a\r\n\r\n", 405],
    ["something else than HTTP", "EHLO mx.example.org\r\n", 405],
    ["a TLS greeting", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000", 405],
    ["no Host", "GET / HTTP/1.1\r\n\r\n", 400],
    [
      "two lengths",
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      400,
    ],
    [
      "a length and chunks",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
    ],
    ["a line ending within a header", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400],
  ])("%s", async (_what, request, status) => {
    const { port } = await sampleServer();
    const client = await RawClient.connect(port);
    const answer = await client.send(request).untilClosed();
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer.toLowerCase()).toContain("connection: close\r\n");
    expect(answer).not.toContain("xxx");
  });

  test.each(["PROPFIND", "TRACE", "SEARCH", "M-SEARCH", "PURGE", "LINK"])(
    "the method %s is 404 or 405",
    async (method) => {
      const { port } = await sampleServer();
      const client = await RawClient.connect(port);
      client.send(`${method} /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      expect(await client.untilClosed()).toMatch(/^HTTP\/1.1 40[45] /);
    },
  );

  test("CONNECT gets no tunnel", async () => {
    const { port } = await sampleServer();
    const client = await RawClient.connect(port);
    client.send("CONNECT 127.0.0.1:25 HTTP/1.1\r\nHost: a\r\n\r\n");
    expect(await client.untilClosed()).not.toContain("200");
  });

  test("a body of any size is not read by a page", async () => {
    const { port } = await sampleServer();
    const client = await RawClient.connect(port);
    client.send(`GET /-/healthy HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n`);
    expect(await client.until("healthy.\n")).toContain("200 OK");
  });
});

describe("connections", () => {
  test("may be used again and again", async () => {
    const { port, metrics } = await sampleServer();
    const client = await RawClient.connect(port);
    const ask = async (left: number): Promise<void> => {
      metrics.text = `left ${left}\n`;
      await client.send(get("/metrics")).until(metrics.text);
      if (left > 1) await ask(left - 1);
    };
    await ask(100);
    expect(client.socket.destroyed).toBe(false);
  });

  test("with requests sent ahead of the answers are cut", async () => {
    const { port, metrics } = await sampleServer();
    const client = await RawClient.connect(port);
    const received = await client.send(get("/metrics").repeat(2000)).untilClosed();
    expect(received.split("HTTP/1.1 200").length).toBeLessThan(3);
    expect(metrics.writes).toBeLessThan(3);
  });

  test("that never finish their headers are closed", async () => {
    const { port } = await sampleServer({ limits: { headersMs: 50, requestMs: 100 } });
    const [silent, half] = [await RawClient.connect(port), await RawClient.connect(port)];
    half.send("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ");
    expect(await silent.untilClosed()).toMatch(/^HTTP\/1.1 408 /);
    expect(await half.untilClosed()).toMatch(/^HTTP\/1.1 408 /);
  });

  test("beyond the cap are closed, until others have been idle for a second", async () => {
    const clock = new ManualClock();
    const { port, prober } = await sampleServer({ clock, limits: { connections: 2 } });
    const { opened, open } = latch();
    const answer = prober.answer;
    prober.answer = async () => {
      await opened;
      return answer();
    };
    const busy = await RawClient.connect(port);
    busy.send(get("/probe?target=a&module=b"));
    await expect.poll(() => prober.requests.length).toBe(1);
    const idle = await RawClient.connect(port);
    await idle.send(get("/-/healthy")).until("healthy.\n");

    const refused = await RawClient.connect(port);
    expect(await refused.send(get("/-/healthy")).untilClosed()).toBe("");
    clock.advance(1000);
    const next = await RawClient.connect(port);
    expect(await next.send(get("/-/healthy")).until("healthy.\n")).toContain("200 OK");
    await idle.untilClosed();
    open();
    expect(await busy.until("probe_success")).toContain("200 OK");
  });

  test("that say nothing give way as well, the oldest first", async () => {
    const clock = new ManualClock();
    const { port } = await sampleServer({ clock, limits: { connections: 2 } });
    const silent = await RawClient.connect(port);
    const idle = await RawClient.connect(port);
    await idle.send(get("/-/healthy")).until("healthy.\n");
    clock.advance(1000);
    const next = await RawClient.connect(port);
    expect(await next.send(get("/-/healthy")).until("healthy.\n")).toContain("200 OK");
    expect(await silent.untilClosed()).toBe("");
    expect(idle.socket.destroyed).toBe(false);
  });
});

describe("slow clients", () => {
  const large = "mta_probe_success 1\n".repeat(600_000);

  test.each([[[]], [["Accept-Encoding: gzip"]]])(
    "that take nothing of a scrape are cut off, and the rendering ends (%j)",
    async (headers) => {
      const { port, metrics } = await sampleServer({ limits: { stallMs: 100 } });
      metrics.text = randomBytes(24_000_000).toString("base64");
      const rendered = latch();
      const writeTo = metrics.writeTo.bind(metrics);
      metrics.writeTo = async (out) => writeTo(out).finally(rendered.open);
      const client = await RawClient.connect(port);
      client.socket.pause();
      client.send(get("/metrics", ...headers));
      await rendered.opened;
      const received = await client.untilClosed();
      expect(received).toContain("200 OK");
      expect(received.length).toBeLessThan(metrics.text.length / 2);
    },
  );

  test("that take their time, but take, get all of it", async () => {
    const { port, metrics } = await sampleServer({ limits: { stallMs: 200 } });
    metrics.text = large;
    const client = await RawClient.connect(port);
    let received = 0;
    client.socket.on("data", ({ length }: Buffer) => {
      received += length;
      client.socket.pause();
      setTimeout(() => client.socket.resume(), 1);
    });
    client.send(get("/metrics", "Connection: close"));
    await once(client.socket, "close");
    expect(received).toBeGreaterThan(large.length);
  });

  test("do not count as slow while they wait for an answer", async () => {
    const { port, prober } = await sampleServer({ limits: { stallMs: 20 } });
    const answer = prober.answer;
    prober.answer = async () => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return answer();
    };
    const client = await RawClient.connect(port);
    client.send(get("/probe?target=a&module=b"));
    expect(await client.until("probe_success")).toContain("200 OK");
  });

  test("have an end set to their response in any case", async () => {
    const clock = new ManualClock();
    const { port, prober } = await sampleServer({ clock, limits: { responseMs: 120_000 } });
    prober.answer = () => new Promise(() => undefined);
    const client = await RawClient.connect(port);
    client.send(get("/probe?target=a&module=b"));
    await expect.poll(() => prober.requests.length).toBe(1);
    clock.advance(120_000);
    expect(await client.untilClosed()).toBe("");
    await expect.poll(() => clock.timers).toBe(0);
  });

  test("displace each other, not the one who reads", async () => {
    const clock = new ManualClock();
    const { port, metrics } = await sampleServer({
      clock,
      limits: { metricsInFlight: 3, connections: 4, stallMs: 60_000 },
    });
    metrics.text = large;
    const slow = await Promise.all([1, 2, 3].map(async () => RawClient.connect(port)));
    for (const client of slow) {
      client.socket.pause();
      client.send(get("/metrics"));
    }
    await expect.poll(() => metrics.writes).toBe(3);
    expect(await scrape(port)).toEqual({ status: 503, octets: expect.any(Number) });
    await expect
      .poll(async () => {
        clock.advance(1000);
        return scrape(port);
      })
      .toEqual({ status: 200, octets: large.length });
  });
});

async function scrape(port: number): Promise<{ status: number; octets: number }> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, {
    headers: { connection: "close", "accept-encoding": "identity" },
  });
  return { status: response.status, octets: (await response.text()).length };
}
