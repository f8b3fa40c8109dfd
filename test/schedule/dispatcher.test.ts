import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { type Dispatched, Dispatcher, type DispatchLimits } from "../../src/schedule/dispatcher.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { settled } from "../support/names.ts";
import { mostWithin } from "../support/schedule-bench.ts";

const NO_LIMITS: DispatchLimits = {
  probesInFlight: 1_000_000,
  probesPerSecondPerSource: 1_000_000,
  probesPerSecondPerPeer: 1_000_000,
};

interface Start extends Dispatched {
  readonly atMs: number;
  readonly latenessSeconds: number;
}

/** A dispatcher whose runs end when the test says so, or after a time of their own. */
class Bench {
  readonly clock = new ManualClock();
  readonly starts: Start[] = [];
  readonly missed: string[] = [];
  readonly dispatcher: Dispatcher<Dispatched>;
  readonly #running = new Map<string, () => void>();

  constructor(limits: Partial<DispatchLimits> = {}, runMs: number | null = null) {
    this.dispatcher = new Dispatcher({
      clock: this.clock,
      timers: this.clock,
      limits: { ...NO_LIMITS, ...limits },
      run: async (path, latenessSeconds) => {
        this.starts.push({ ...path, atMs: this.clock.monotonicMs(), latenessSeconds });
        await new Promise<void>((resolve) => {
          this.#running.set(path.id, resolve);
          if (runMs !== null) this.clock.setTimer(runMs, resolve);
        });
        this.#running.delete(path.id);
      },
      onMissed: ({ id }) => this.missed.push(id),
    });
  }

  get running(): readonly string[] {
    return [...this.#running.keys()];
  }

  get started(): readonly string[] {
    return this.starts.map(({ id }) => id);
  }

  submit(id: string, fields: Partial<Dispatched & { dueMs: number }> = {}): void {
    const { dueMs = this.clock.monotonicMs(), ...path } = fields;
    this.dispatcher.submit({ id, source: "192.0.2.10", target: "198.51.100.1", ...path }, dueMs);
  }

  async end(id: string): Promise<void> {
    this.#running.get(id)?.();
    await settled();
  }

  async pass(ms: number, stepMs: number): Promise<void> {
    if (ms <= 0) return;
    this.clock.advance(stepMs);
    await settled();
    await this.pass(ms - stepMs, stepMs);
  }
}

let bench: Bench;

beforeEach(() => {
  bench = new Bench();
});

describe("Dispatcher", () => {
  it("begins a run that is due at once, and says how late it is", () => {
    bench.submit("a", { dueMs: bench.clock.monotonicMs() - 250 });
    expect(bench.starts).toMatchObject([{ id: "a", latenessSeconds: 0.25 }]);
  });

  it("never runs a path twice at a time, and counts the run it leaves out", async () => {
    bench.submit("a");
    bench.submit("a");
    expect(bench.started).toEqual(["a"]);
    expect(bench.missed).toEqual(["a"]);
    await bench.end("a");
    bench.submit("a");
    expect(bench.started).toEqual(["a", "a"]);
  });

  it("leaves out what comes more than a second after it was due", () => {
    const nowMs = bench.clock.monotonicMs();
    bench.submit("late", { dueMs: nowMs - 1_001 });
    bench.submit("in time", { dueMs: nowMs - 1_000 });
    expect(bench.missed).toEqual(["late"]);
    expect(bench.started).toEqual(["in time"]);
  });

  describe("with a cap on probes in flight", () => {
    beforeEach(() => {
      bench = new Bench({ probesInFlight: 2 });
    });

    it("keeps it, and begins the others in their order", async () => {
      for (const id of ["a", "b", "c", "d", "e"]) bench.submit(id);
      expect(bench.running).toEqual(["a", "b"]);
      bench.clock.advance(300);
      await bench.end("b");
      expect(bench.running).toEqual(["a", "c"]);
      expect(bench.starts.at(-1)).toMatchObject({ latenessSeconds: 0.3 });
      await bench.end("a");
      await bench.end("c");
      expect(bench.started).toEqual(["a", "b", "c", "d", "e"]);
    });

    it("lets each path wait once, so that no more can wait than there are paths", () => {
      for (let turn = 0; turn < 10; turn++) for (const id of ["a", "b", "c"]) bench.submit(id);
      expect(bench.missed).toHaveLength(27);
      expect(bench.running).toEqual(["a", "b"]);
    });

    it("serves thousands that wait, each in its turn", async () => {
      const ids = Array.from({ length: 5_000 }, (_, index) => `${index}`);
      bench = new Bench({ probesInFlight: 100 }, 10);
      for (const id of ids) bench.submit(id);
      await bench.pass(1_000, 10);
      expect(bench.started).toEqual(ids);
    });

    it("begins more when a reload raises it", () => {
      for (const id of ["a", "b", "c", "d"]) bench.submit(id);
      bench.dispatcher.setLimits({ ...NO_LIMITS, probesInFlight: 3 });
      expect(bench.running).toEqual(["a", "b", "c"]);
    });
  });

  describe("with a limit on probes a second", () => {
    it("makes those wait that go to one address, in their order, and no others", () => {
      bench = new Bench({ probesPerSecondPerPeer: 2 });
      for (const id of ["a", "b", "c"]) bench.submit(id);
      bench.submit("elsewhere", { target: "198.51.100.2" });
      expect(bench.started).toEqual(["a", "elsewhere"]);
      bench.clock.advance(499);
      expect(bench.started).toHaveLength(2);
      bench.clock.advance(501);
      expect(bench.started).toEqual(["a", "elsewhere", "b", "c"]);
      expect(bench.starts.at(-1)).toMatchObject({ latenessSeconds: 1 });
    });

    it("makes those wait that leave from one address, and not what the kernel gives one", () => {
      bench = new Bench({ probesPerSecondPerSource: 1 });
      bench.submit("a");
      bench.submit("b", { target: "198.51.100.2" });
      bench.submit("other source", { source: "192.0.2.11" });
      bench.submit("no source", { source: null });
      expect(bench.started).toEqual(["a", "other source", "no source"]);
    });

    it("tells an IP resource as source from the same one as target", () => {
      bench = new Bench({ probesPerSecondPerSource: 1, probesPerSecondPerPeer: 1 });
      bench.submit("outbound", { source: "192.0.2.10", target: "198.51.100.1" });
      bench.submit("inbound", { source: null, target: "192.0.2.10" });
      expect(bench.started).toEqual(["outbound", "inbound"]);
      bench.submit("inbound too", { source: null, target: "192.0.2.10" });
      expect(bench.started).toHaveLength(2);
    });

    it("does not count what has nowhere to go: it sends nothing", () => {
      bench = new Bench({ probesPerSecondPerSource: 1 });
      for (const id of ["a", "b", "c"]) bench.submit(id, { target: null });
      bench.submit("d");
      expect(bench.started).toEqual(["a", "b", "c", "d"]);
    });

    it("makes nobody wait for ever, though both limits are always used up", async () => {
      bench = new Bench({ probesPerSecondPerSource: 3, probesPerSecondPerPeer: 2 }, 1);
      const paths = ["s1", "s2", "s3"].flatMap((source) =>
        ["p1", "p2", "p3"].flatMap((target) =>
          ["x", "y"].map((module) => ({ id: `${source} ${target} ${module}`, source, target })),
        ),
      );
      for (let second = 0; second < 120; second++) {
        bench.clock.setTimer(second * 1_000, () => {
          for (const { id, ...path } of paths) bench.submit(id, path);
        });
      }
      await bench.pass(120_000, 50);
      const counts = paths.map(({ id }) => bench.started.filter((other) => other === id).length);
      expect(Math.min(...counts)).toBeGreaterThan(20);
      expect(bench.starts.length).toBeGreaterThan(600);
    });

    it("never exceeds a limit in any second by more than a burst, nor runs a path twice", async () => {
      const address = fc.constantFrom("1", "2", "3");
      const submits = fc.array(
        fc.record({
          id: fc.integer({ min: 0, max: 60 }).map(String),
          source: fc.option(address),
          target: fc.option(address),
          afterMs: fc.integer({ min: 0, max: 60 }),
        }),
        { minLength: 50, maxLength: 200 },
      );
      const limits = fc.record({
        probesInFlight: fc.integer({ min: 1, max: 10 }),
        probesPerSecondPerSource: fc.integer({ min: 1, max: 20 }),
        probesPerSecondPerPeer: fc.integer({ min: 1, max: 20 }),
      });
      await fc.assert(
        fc.asyncProperty(
          submits,
          limits,
          fc.integer({ min: 1, max: 800 }),
          async (given, limit, runMs) => {
            const own = new Bench(limit, runMs);
            let afterMs = 0;
            for (const { id, source, target, afterMs: pauseMs } of given) {
              afterMs += pauseMs;
              own.clock.setTimer(afterMs, () => {
                own.submit(id, { source, target });
              });
            }
            await own.pass(afterMs + 5_000, 100);
            for (const key of ["1", "2", "3"]) {
              const sent = own.starts.filter(({ target }) => target !== null);
              const bySource = sent.filter(({ source }) => source === key);
              const byTarget = sent.filter(({ target }) => target === key);
              expect(mostIn(bySource)).toBeLessThanOrEqual(allowed(limit.probesPerSecondPerSource));
              expect(mostIn(byTarget)).toBeLessThanOrEqual(allowed(limit.probesPerSecondPerPeer));
            }
            for (const id of new Set(own.started)) {
              const times = own.starts.filter((start) => start.id === id).map(({ atMs }) => atMs);
              expect(mostWithin(runMs, times)).toBe(1);
            }
            expect(
              mostWithin(
                runMs,
                own.starts.map(({ atMs }) => atMs),
              ),
            ).toBeLessThanOrEqual(limit.probesInFlight);
          },
        ),
        { numRuns: 30 },
      );
    });
  });

  describe("asked for a place outside the schedule", () => {
    const journey = { source: "192.0.2.10", target: "198.51.100.1" };

    it("gives one within the limits, which counts like any other", () => {
      bench = new Bench({ probesInFlight: 1 });
      const leave = bench.dispatcher.enter(journey);
      expect(leave).not.toBeNull();
      bench.submit("a");
      expect(bench.started).toEqual([]);
      expect(bench.dispatcher.enter(journey)).toBeNull();
      leave?.();
      expect(bench.started).toEqual(["a"]);
    });

    it("gives none when a rate is used up, or somebody waits for it", () => {
      bench = new Bench({ probesPerSecondPerPeer: 1 });
      expect(bench.dispatcher.enter(journey)).not.toBeNull();
      expect(bench.dispatcher.enter(journey)).toBeNull();
      expect(bench.dispatcher.enter({ ...journey, target: "198.51.100.2" })).not.toBeNull();
      bench.submit("a");
      bench.submit("b");
      bench.clock.stall(5_000);
      expect(bench.dispatcher.enter(journey)).toBeNull();
    });
  });

  it("begins nothing after it has been stopped: not what waits, not what comes", async () => {
    bench = new Bench({ probesInFlight: 2, probesPerSecondPerPeer: 2 });
    bench.submit("a");
    bench.submit("waits for its turn");
    bench.submit("b", { target: "198.51.100.2" });
    bench.submit("waits for a place", { target: "198.51.100.3" });
    bench.dispatcher.stop();
    bench.submit("comes", { target: "198.51.100.4" });
    await bench.end("a");
    await bench.pass(5_000, 1_000);
    expect(bench.started).toEqual(["a", "b"]);
    expect(bench.dispatcher.enter({ source: null, target: "198.51.100.4" })).toBeNull();
    expect(bench.clock.timers).toBe(0);
  });
});

/** The rate and half a second's worth at once, and the first event of a second. */
function allowed(rate: number): number {
  return Math.ceil(rate * 1.5) + 1;
}

function mostIn(starts: readonly Start[]): number {
  return mostWithin(
    1_000,
    starts.map(({ atMs }) => atMs),
  );
}

describe("Dispatcher that was told to ease off", () => {
  it("keeps places free for a minute, and then takes up what waits", async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `path-${index}`);
    for (const id of ids) bench.submit(id);
    bench.dispatcher.easeOff();
    await Promise.all(ids.slice(0, 16).map((id) => bench.end(id)));
    bench.submit("waits");
    expect(bench.running).toHaveLength(4);
    await bench.end("path-16");
    expect(bench.running).toContain("waits");
    bench.submit("waits longer");
    await bench.pass(60_000, 1_000);
    expect(bench.running).toContain("waits longer");
  });

  it("never stops altogether", () => {
    bench.submit("a");
    bench.dispatcher.easeOff();
    bench.submit("b");
    expect(bench.running).toEqual(["a"]);
  });
});
