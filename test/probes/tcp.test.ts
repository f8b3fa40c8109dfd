import { afterEach, describe, expect, it } from "vitest";
import type { ProbeResult } from "../../src/events.ts";
import { tcpProbe } from "../../src/probes/tcp.ts";
import { faultsOf } from "../support/lawful-result.ts";
import { fin, reset, send, silence } from "../support/peer-steps.ts";
import { runProbe } from "../support/run-probe.ts";
import { ScriptedPeer, type Ending, type Step } from "../support/scripted-peer.ts";

let peer: ScriptedPeer | null = null;

afterEach(async () => {
  await peer?.close();
  peer = null;
});

async function probe(
  script: readonly Step[],
  address = "127.0.0.1",
): Promise<{ readonly result: ProbeResult; readonly endings: readonly Ending[] }> {
  peer = await ScriptedPeer.listen(script, address);
  const result = await runProbe({ type: tcpProbe, port: peer.port, address });
  return { result, endings: await peer.endings() };
}

describe("a TCP probe", () => {
  it("connects, and closes with a FIN", async () => {
    const { result, endings } = await probe([silence]);
    expect(result).toMatchObject({ outcome: "success", failure: null, warnings: [], facts: [] });
    expect(result.phases.map(({ phase }) => phase)).toEqual(["connect"]);
    expect(faultsOf(tcpProbe, result)).toEqual([]);
    expect(endings).toEqual(["fin"]);
  });

  it.each([
    ["closes at once", [fin]],
    ["resets at once", [reset]],
    ["says something", [send("hello\r\n"), silence]],
  ] as const)("succeeds whatever a peer does that %s", async (_what, script) => {
    const { result } = await probe(script);
    expect(result.outcome).toBe("success");
  });

  it("connects over IPv6", async () => {
    const { result } = await probe([silence], "::1");
    expect(result).toMatchObject({ outcome: "success", localAddress: "::1" });
  });

  it("fails where nothing listens", async () => {
    const gone = await ScriptedPeer.listen([]);
    await gone.close();
    const result = await runProbe({ type: tcpProbe, port: gone.port });
    expect(result.outcome).toBe("failure");
    expect(result.failure).toMatchObject({ phase: "connect", reason: "connection_refused" });
    expect(faultsOf(tcpProbe, result)).toEqual([]);
  });
});
