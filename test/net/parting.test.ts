import { expect, it } from "vitest";
import { tcpProbe } from "../../src/probes/tcp.ts";
import { silence } from "../support/peer-steps.ts";
import { RunnerBench } from "../support/runner-bench.ts";
import { ScriptedPeer } from "../support/scripted-peer.ts";

it("lets go of a connection whose FIN has not left when the wait for the peer's is over", async () => {
  const peer = await ScriptedPeer.listen([silence]);
  const bench = new RunnerBench();
  const runner = bench.runner();
  const { port } = peer;
  const result = await runner.run({
    type: tcpProbe,
    settings: { port },
    target: { host: "127.0.0.1", address: "127.0.0.1", port, source: null },
    timeoutMs: 2_000,
    phaseTimeoutsMs: {},
  });
  // Before the event loop has turned: the FIN is asked for, and not sent yet.
  bench.clock.advance(500);
  await runner.idle();
  expect(result.outcome).toBe("success");
  await peer.close();
});
