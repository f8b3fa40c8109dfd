import { once } from "node:events";
import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../../../src/clock.ts";
import { TEXT_FORMAT } from "../../../src/exporters/prometheus/content-type.ts";
import { Exposition } from "../../../src/exporters/prometheus/exposition.ts";
import { PagedMetric } from "../../../src/exporters/prometheus/paged-metric.ts";
import { PagedRegistry } from "../../../src/exporters/prometheus/paged-registry.ts";
import { scraped } from "../../support/scraped.ts";

interface Filled {
  readonly exposition: Exposition;
  readonly registry: PagedRegistry;
  readonly metric: PagedMetric;
  readonly rows: readonly number[];
}

/** A gauge of about 100 octets a series. */
function filled(series: number, clock: Clock = systemClock): Filled {
  const registry = new PagedRegistry();
  const metric = new PagedMetric({ registry, name: "m", help: "Something.", type: "gauge" });
  const filling = "x".repeat(80);
  const rows = Array.from({ length: series }, (_, index) =>
    metric.add(`filling="${filling}",l="${index}"`),
  );
  return { exposition: new Exposition(registry, clock), registry, metric, rows };
}

/** A stream that takes nothing before it is told to. */
class Stalled extends Writable {
  readonly waiting: (() => void)[] = [];
  octets = 0;

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.octets += chunk.length;
    this.waiting.push(callback);
  }
}

/** A clock by which `ms` pass between any two looks at it. */
function ticking(ms: number): Clock {
  let nowMs = 0;
  return { ...systemClock, monotonicMs: () => (nowMs += ms) };
}

async function turns(count: number): Promise<void> {
  if (count === 0) return;
  await setImmediate();
  await turns(count - 1);
}

describe("Exposition.writeTo", () => {
  it("writes what metrics() says, to many readers at once, while values change", async () => {
    const { exposition, registry, metric, rows } = filled(20_000);
    const bodies = Array.from({ length: 5 }, async () => scraped(exposition));
    for (const row of rows) metric.set(row, 0, row % 1000);
    for (const body of await Promise.all(bodies)) {
      expect(body.split("\n")).toHaveLength(20_003);
      expect(body).not.toMatch(/^(?!#|m\{filling="x{80}",l="\d+"\} \d+$).+$/m);
    }
    expect(await scraped(exposition)).toBe(await registry.metrics());
  });

  it("does not end the stream, nor leave a listener on it", async () => {
    const out = new PassThrough();
    await filled(1).exposition.writeTo(out, TEXT_FORMAT);
    expect(out.writableEnded).toBe(false);
    expect(out.listenerCount("close")).toBe(new PassThrough().listenerCount("close"));
  });

  it("never changes what a stream has only passed on", async () => {
    const { exposition, registry, metric, rows } = filled(50_000);
    const before = await registry.metrics();
    const out = new PassThrough({ highWaterMark: 100_000_000 });
    await exposition.writeTo(out, TEXT_FORMAT);
    out.end();
    for (const row of rows) metric.set(row, 0, 7);
    expect(await text(out)).toBe(before);
    expect(await registry.metrics()).not.toBe(before);
  });

  it("answers HTTP requests, at once and one after the other, between changes", async () => {
    const { exposition, registry, metric, rows } = filled(50_000);
    const server = createServer((_request, response) => {
      void exposition.writeTo(response, TEXT_FORMAT).then(() => response.end());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const body = async (): Promise<string> => {
      const [response] = (await once(get(url), "response")) as [IncomingMessage];
      return text(response);
    };
    const first = await registry.metrics();
    expect(await Promise.all([body(), body(), body()])).toEqual([first, first, first]);
    for (const row of rows) metric.set(row, 0, 7);
    expect(await body()).toBe(await registry.metrics());
    server.close();
  });

  it("waits for a slow reader, holding no more than a megabyte for it", async () => {
    const { exposition } = filled(50_000);
    const out = new Stalled();
    const done = exposition.writeTo(out, TEXT_FORMAT);
    await turns(200);
    expect(out.writableLength).toBeGreaterThan(0);
    expect(out.writableLength).toBeLessThanOrEqual(1_048_576);
    out.destroy();
    await done;
  });

  it("returns once the reader is gone, before or after it began", async () => {
    const { exposition } = filled(50_000);
    const gone = new Stalled();
    gone.destroy();
    await exposition.writeTo(gone, TEXT_FORMAT);
    expect(gone.octets).toBe(0);

    const leaving = new Stalled();
    const done = exposition.writeTo(leaving, TEXT_FORMAT);
    await turns(200);
    leaving.destroy();
    await done;
    expect(leaving.octets).toBeLessThan(1_048_576);
    expect(await scraped(exposition)).toContain('l="49999"');
  });

  it("gives the event loop its turn between slices, which all readers share", async () => {
    const { exposition } = filled(50_000, ticking(0.3));
    const octets: number[] = [];
    let written = 0;
    const readers = Array.from({ length: 3 }, async () => {
      const out = new Writable({
        write(chunk: Buffer, _encoding, callback) {
          written += chunk.length;
          callback();
        },
      });
      return exposition.writeTo(out, TEXT_FORMAT);
    });
    const all = Promise.all(readers);
    const watch = async (): Promise<void> => {
      octets.push(written);
      written = 0;
      const isDone = await Promise.race([all.then(() => true), setImmediate(false)]);
      if (!isDone) await watch();
    };
    await watch();
    // A slice ends at the fourth look at the clock, and there is one before each page.
    expect(Math.max(...octets)).toBeLessThanOrEqual(4 * 65_536);
    expect(octets.length).toBeGreaterThan(50);
  });
});
