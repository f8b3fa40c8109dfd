import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tcpProbe } from "../../src/probes/tcp.ts";
import { faultsOf } from "../support/lawful-result.ts";
import { silence } from "../support/peer-steps.ts";
import { RunnerBench } from "../support/runner-bench.ts";
import { ScriptedPeer } from "../support/scripted-peer.ts";

const SOURCE = "127.0.0.9";

/** An address of TEST-NET-1, which no host has. */
const NOWHERE = "192.0.2.77";

let peer: ScriptedPeer;
const holders: net.Server[] = [];

beforeEach(async () => {
  peer = await ScriptedPeer.listen([silence]);
});

afterEach(async () => {
  await peer.close();
  for (const holder of holders.splice(0)) holder.close();
});

/** Takes a port on the source, so that nobody can leave from there; the next free one by default. */
async function hold(port = 0): Promise<number> {
  const holder = net.createServer();
  holders.push(holder);
  holder.listen(port, SOURCE);
  await once(holder, "listening");
  return (holder.address() as AddressInfo).port;
}

async function connect(context: { connect(): Promise<unknown> }): Promise<void> {
  await context.connect();
}

describe("a connection with a source", () => {
  it("leaves from its address and from a port of the range, each in its turn", async () => {
    const bench = new RunnerBench();
    const runner = { run: connect, port: peer.port, source: SOURCE };
    const range = { from: 61_500, to: 61_509 };
    const first = await bench.run({ ...runner, sourcePorts: range });
    expect(first).toMatchObject({ outcome: "success", localAddress: SOURCE });
    expect(peer.sessions[0]?.caller).toEqual({ address: SOURCE, port: 61_500 });
  });

  it("takes the next port where one is taken", async () => {
    const from = await hold();
    const result = await new RunnerBench().run({
      run: connect,
      port: peer.port,
      source: SOURCE,
      sourcePorts: { from, to: from + 20 },
    });
    expect(result.outcome).toBe("success");
    expect(peer.sessions[0]?.caller.port).toBeGreaterThan(from);
  });

  it("fails in phase source when every port of the range is taken", async () => {
    const port = await hold();
    const result = await new RunnerBench().run({
      run: connect,
      port: peer.port,
      source: SOURCE,
      sourcePorts: { from: port, to: port },
    });
    expect(result.outcome).toBe("failure");
    expect(result.failure).toMatchObject({
      phase: "source",
      reason: "ports_exhausted",
      origin: "local",
    });
    expect(result.phases.map(({ phase }) => phase)).toEqual(["source"]);
    expect(faultsOf(tcpProbe, result)).toEqual([]);
    expect(peer.sessions).toHaveLength(0);
  });

  it("fails in phase source when the address is not here", async () => {
    const result = await new RunnerBench().run({ run: connect, port: peer.port, source: NOWHERE });
    expect(result.outcome).toBe("failure");
    expect(result.failure).toMatchObject({
      phase: "source",
      reason: "address_not_available",
      origin: "local",
    });
    expect(result.localAddress).toBe(NOWHERE);
  });

  it("fails in phase source when the address is of the other family", async () => {
    const result = await new RunnerBench().run({ run: connect, port: peer.port, source: "::1" });
    expect(result.failure).toMatchObject({ phase: "source", origin: "local" });
  });

  it("fails in phase connect when nothing listens", async () => {
    const result = await new RunnerBench().run({
      run: connect,
      port: await hold(),
      source: SOURCE,
    });
    expect(result.failure).toMatchObject({ phase: "connect", reason: "connection_refused" });
  });
});
