import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ProbeFailure } from "../src/errors.ts";
import type { Connection, OctetReader } from "../src/net/connection.ts";
import { WireError } from "../src/protocols/wire/wire-error.ts";
import { send, silence } from "./support/peer-steps.ts";
import { RunnerBench, type TestContext } from "./support/runner-bench.ts";
import { ScriptedPeer } from "./support/scripted-peer.ts";

/** Waits for more than ever comes. */
const never: OctetReader = { push: () => {}, ready: false };

let bench = new RunnerBench();
let peer: ScriptedPeer;

beforeEach(async () => {
  bench = new RunnerBench();
  peer = await ScriptedPeer.listen([silence]);
});

afterEach(async () => {
  await peer.close();
});

/** Waits for what never comes while so much time passes. */
async function waitInVain(connection: Connection, ms: number): Promise<void> {
  connection.attach(never);
  const arrival = connection.arrival();
  bench.clock.advance(ms);
  await arrival;
}

/** A probe that connects and then does this. */
function connecting(
  act: (context: TestContext, connection: Connection) => Promise<void> | void,
): (context: TestContext) => Promise<void> {
  return async (context) => {
    const connection = await context.connect();
    await act(context, connection);
  };
}

async function noAnswer(): Promise<string> {
  return new Promise(() => {});
}

async function noSuchName(): Promise<string> {
  throw new ProbeFailure("name_not_found", "NXDOMAIN", null, "resolve");
}

describe("a run", () => {
  it("ends at its deadline, in the phase it is in", async () => {
    const run = connecting(async (context, connection) => {
      context.enter("banner");
      await waitInVain(connection, 1_000);
    });
    const result = await bench.run({ run, port: peer.port, timeoutMs: 500 });
    const { outcome, failure, phases } = result;
    expect(outcome).toBe("failure");
    expect(failure).toMatchObject({ phase: "banner", reason: "timeout", origin: "path" });
    expect(phases.map(({ phase }) => phase)).toEqual(["connect", "banner"]);
  });

  it("ends at the limit of a phase", async () => {
    const run = connecting(async (context, connection) => {
      context.enter("banner");
      await waitInVain(connection, 102);
    });
    const { failure } = await bench.run({ run, port: peer.port, phaseTimeoutsMs: { banner: 100 } });
    expect(failure).toMatchObject({ phase: "banner", reason: "timeout" });
  });

  it("is not ended by the limit of a phase that is over", async () => {
    const run = connecting(async (context, connection) => {
      context.enter("banner");
      context.enter("ehlo");
      connection.attach(never);
      bench.clock.advance(400);
      connection.fail(new ProbeFailure("connection_closed", "closed"));
      await connection.arrival();
    });
    const limits = { timeoutMs: 500, phaseTimeoutsMs: { banner: 100 } };
    const { failure } = await bench.run({ run, port: peer.port, ...limits });
    expect(failure).toMatchObject({ phase: "ehlo", reason: "connection_closed" });
  });

  it("starts anew the limit of a phase that comes again", async () => {
    const run = connecting((context) => {
      context.enter("ehlo");
      bench.clock.advance(80);
      context.enter("banner");
      context.enter("ehlo");
      bench.clock.advance(80);
    });
    const { outcome } = await bench.run({ run, port: peer.port, phaseTimeoutsMs: { ehlo: 100 } });
    expect(outcome).toBe("success");
  });

  it("accounts for its time in its phases", async () => {
    const run = connecting((context) => {
      bench.clock.advance(5);
      context.enter("banner");
      bench.clock.advance(20);
      context.enter("ehlo");
      bench.clock.advance(300);
    });
    const { phases, durationSeconds } = await bench.run({ run, port: peer.port });
    expect(phases).toEqual([
      { phase: "connect", durationSeconds: 0.005 },
      { phase: "banner", durationSeconds: 0.02 },
      { phase: "ehlo", durationSeconds: 0.3 },
    ]);
    expect(durationSeconds).toBeCloseTo(0.325, 9);
  });

  it("starts its clock when it connects, unless a name was to be found before", async () => {
    const resolve = async (): Promise<string> => {
      bench.clock.advance(40);
      return Promise.resolve("127.0.0.1");
    };
    const run = connecting(() => {});
    const result = await bench.run({ run, port: peer.port, address: null, resolve });
    expect(result.phases.map(({ phase }) => phase)).toEqual(["resolve", "connect"]);
    expect(result.durationSeconds).toBeCloseTo(0.04, 9);
  });

  it("has the address that it left from", async () => {
    const run = connecting(() => {});
    const chosen = await bench.run({ run, port: peer.port });
    const given = await bench.run({ run, port: peer.port, source: "127.0.0.7" });
    expect([chosen.localAddress, given.localAddress]).toEqual(["127.0.0.1", "127.0.0.7"]);
  });

  it("is over for its runner when the connection is gone", async () => {
    const runner = bench.runner();
    await expect(runner.idle()).resolves.toBeUndefined();
    const run = connecting(() => {});
    await bench.run({ run, port: peer.port });
    await runner.idle();
    expect(await peer.endings()).toEqual(["reset"]);
  });
});

describe("a run that was answered", () => {
  it("succeeds whatever fails, and says what", async () => {
    const run = connecting((context) => {
      context.answered();
      context.enter("quit");
      throw new ProbeFailure("rejected_permanent", "no", 554);
    });
    const { outcome, failure, warnings } = await bench.run({ run, port: peer.port });
    expect({ outcome, failure }).toEqual({ outcome: "success", failure: null });
    expect(warnings).toEqual([
      { phase: "quit", reason: "rejected_permanent", origin: "peer", code: 554, detail: "no" },
    ]);
  });

  it.each([
    ["two seconds", {}, 2],
    ["what is left to the deadline", { timeoutMs: 1_000 }, 1],
    ["the limit of the phase", { phaseTimeoutsMs: { quit: 300 } }, 0.3],
  ])("gets no more time than %s", async (_what, limits, seconds) => {
    const run = connecting(async (context, connection) => {
      context.answered();
      context.enter("quit");
      bench.clock.advance(seconds * 1000 - 1);
      await waitInVain(connection, 3);
    });
    const { outcome, warnings } = await bench.run({ run, port: peer.port, ...limits });
    expect(outcome).toBe("success");
    expect(warnings).toMatchObject([{ phase: "quit", reason: "timeout" }]);
  });

  it("is inconclusive all the same when the agent fails", async () => {
    const run = connecting((context) => {
      context.answered();
      throw new ProbeFailure("no_buffers", "none");
    });
    const { outcome, failure, warnings } = await bench.run({ run, port: peer.port });
    expect(outcome).toBe("inconclusive");
    expect(failure).toMatchObject({ reason: "no_buffers" });
    expect(warnings).toEqual([]);
  });
});

describe("a failure of the agent", () => {
  it("is a defect of a probe: nobody else's fault", async () => {
    const run = connecting((context) => {
      context.enter("ehlo");
      throw new TypeError("undefined is\nnot a function");
    });
    const { outcome, failure } = await bench.run({ run, port: peer.port });
    expect(outcome).toBe("inconclusive");
    expect(failure).toMatchObject({
      phase: "ehlo",
      reason: "unknown",
      origin: "local",
      code: null,
    });
    expect(failure?.detail).toContain("TypeError: undefined is\\x0anot a function");
  });

  it("is a defect after the answer too", async () => {
    const run = connecting((context) => {
      context.answered();
      throw new TypeError("oh");
    });
    const { outcome, warnings } = await bench.run({ run, port: peer.port });
    expect({ outcome, warnings }).toEqual({ outcome: "inconclusive", warnings: [] });
  });

  it("is a process that stood still, whatever the probe made of it", async () => {
    const run = connecting((context) => {
      context.enter("banner");
      bench.clock.stall(5_000);
      throw new ProbeFailure("timeout", "no answer");
    });
    const { outcome, failure } = await bench.run({ run, port: peer.port });
    expect(outcome).toBe("inconclusive");
    expect(failure).toMatchObject({ phase: "banner", reason: "loop_stalled", origin: "local" });
  });

  it("is a process that stood still though the probe succeeded", async () => {
    const run = connecting(() => {
      bench.clock.stall(5_000);
    });
    const { outcome } = await bench.run({ run, port: peer.port });
    expect(outcome).toBe("inconclusive");
  });

  it("is a resolver that does not answer in time", async () => {
    const run = connecting(() => {});
    const running = bench.run({ run, address: null, resolve: noAnswer, timeoutMs: 300 });
    bench.clock.advance(302);
    const { outcome, failure } = await running;
    expect(outcome).toBe("inconclusive");
    expect(failure).toMatchObject({ phase: "resolve", reason: "resolver_failed" });
  });
});

describe("a failure of a peer", () => {
  it("is a name without an address", async () => {
    const run = connecting(() => {});
    const { outcome, failure } = await bench.run({ run, address: null, resolve: noSuchName });
    expect(outcome).toBe("failure");
    expect(failure).toMatchObject({ phase: "resolve", reason: "name_not_found", origin: "path" });
  });

  it.each([
    ["protocol", "protocol_error"],
    ["limit", "limit_exceeded"],
  ] as const)("is what a reader refuses: %s", async (kind, reason) => {
    const talking = await ScriptedPeer.listen([send("octets"), silence]);
    const refusing: OctetReader = {
      push: () => {
        throw new WireError(kind, "as it is\0");
      },
      ready: false,
    };
    const run = connecting(async (context, connection) => {
      context.enter("banner");
      connection.attach(refusing);
      await connection.arrival();
    });
    const { failure } = await bench.run({ run, port: talking.port });
    expect(failure).toMatchObject({ phase: "banner", reason, detail: "as it is\\x00" });
    await talking.close();
  });

  it("may name a phase before the one it showed in", async () => {
    const run = connecting((context) => {
      context.enter("ehlo");
      throw new ProbeFailure("client_certificate_required", "alert", 116, "banner");
    });
    const { failure, phases } = await bench.run({ run, port: peer.port });
    expect(failure).toMatchObject({ phase: "banner", code: 116 });
    expect(phases.at(-1)?.phase).toBe("ehlo");
  });
});

describe("what a run tells", () => {
  it("is cut and made printable", async () => {
    const run = connecting((context) => {
      for (let line = 0; line < 1_000; line++) context.note("peer", `\u001B${"x".repeat(1_000)}`);
      context.describe("banner", "a\nb");
      context.describe("extensions", ["a\tb", "c"]);
      context.describe("count", 3);
      context.describe("nothing", null);
    });
    const { transcript, info } = await bench.run({ run, port: peer.port });
    expect(transcript).toHaveLength(256);
    expect(transcript[0]).toMatchObject({ from: "peer", summary: `\\x1b${"x".repeat(199)}…` });
    expect(info).toEqual({
      banner: "a\\x0ab",
      extensions: ["a\\x09b", "c"],
      count: 3,
      nothing: null,
    });
  });

  it("has the time since the start", async () => {
    const run = connecting((context) => {
      context.note("probe", "one");
      bench.clock.advance(250);
      context.note("probe", "two");
    });
    const { transcript } = await bench.run({ run, port: peer.port });
    expect(transcript.map(({ atSeconds }) => atSeconds)).toEqual([0, 0.25]);
  });

  it("has its facts by the names of their metrics", async () => {
    const run = connecting((context) => {
      context.fact("count", 3);
      context.fact("kind", 1, "good");
    });
    const { facts } = await bench.run({ run, port: peer.port });
    expect(facts).toEqual([
      { metric: "mta_test_count", value: 3, labels: [] },
      { metric: "mta_test_kind", value: 1, labels: ["good"] },
    ]);
  });
});
