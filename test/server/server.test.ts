import { describe, expect, test } from "vitest";
import { AgentError } from "../../src/errors.ts";
import { RawClient, get } from "./raw-client.ts";
import { latch } from "./sample-readers.ts";
import { sampleServer } from "./sample-server.ts";

describe("listening", () => {
  test("on every address given, and says which ports it got", async () => {
    const { server } = await sampleServer({ listenAddresses: ["127.0.0.1:0", "127.0.0.2:0"] });
    expect(server.addresses.map(({ address }) => address)).toEqual(["127.0.0.1", "127.0.0.2"]);
    expect(server.scheme).toBe("http");
    const bodies = server.addresses.map(async ({ address, port }) => {
      const response = await fetch(`http://${address}:${port}/metrics`);
      return response.text();
    });
    expect(await Promise.all(bodies)).toEqual(["mta_probe_success 1\n", "mta_probe_success 1\n"]);
  });

  test("on every address of the host when none is named", async () => {
    const { port } = await sampleServer({ listenAddresses: [":0"] });
    expect((await fetch(`http://127.0.0.1:${port}/-/healthy`)).status).toBe(200);
  });

  test("on a port that is taken fails with words, and lets go of the others", async () => {
    const { port } = await sampleServer();
    const taken = sampleServer({ listenAddresses: ["127.0.0.2:0", `127.0.0.1:${port}`] });
    await expect(taken).rejects.toThrow(
      new AgentError(
        "LISTEN_FAILED",
        `cannot listen on 127.0.0.1:${port}: another process listens there`,
      ),
    );
  });

  test("on an address that this host lacks fails with words", async () => {
    await expect(sampleServer({ listenAddresses: ["192.0.2.1:0"] })).rejects.toThrow(
      "cannot listen on 192.0.2.1:0: this host does not have that address",
    );
  });

  test("with a path that is taken is refused before anything listens", async () => {
    await expect(sampleServer({ telemetryPath: "/config" })).rejects.toThrow("that path is taken");
  });
});

describe("closing", () => {
  test("finishes the requests in flight and takes no new ones", async () => {
    const { server, port, prober } = await sampleServer({ limits: { shutdownMs: 60_000 } });
    const { opened, open } = latch();
    const answer = prober.answer;
    prober.answer = async () => {
      await opened;
      return answer();
    };
    const idle = await RawClient.connect(port);
    await idle.send(get("/-/healthy")).until("healthy.\n");
    const busy = await RawClient.connect(port);
    busy.send(get("/probe?target=a&module=b"));
    await expect.poll(() => prober.requests.length).toBe(1);

    const closed = server.close();
    expect(await idle.untilClosed()).toContain("200 OK");
    await expect(fetch(`http://127.0.0.1:${port}/-/healthy`)).rejects.toThrow("fetch failed");
    open();
    expect(await busy.untilClosed()).toContain("probe_success 1");
    await closed;
  });

  test("destroys what is not finished in time", async () => {
    const { server, port, prober } = await sampleServer({ limits: { shutdownMs: 20 } });
    prober.answer = () => new Promise(() => undefined);
    const busy = await RawClient.connect(port);
    busy.send(get("/probe?target=a&module=b"));
    const silent = await RawClient.connect(port);
    await expect.poll(() => prober.requests.length).toBe(1);
    await server.close();
    expect(await busy.untilClosed()).toBe("");
    expect(await silent.untilClosed()).toBe("");
  });
});
