import type { ServerResponse } from "node:http";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { EventBus } from "../../../src/events.ts";
import { Sender } from "../../../src/exporters/alertmanager/sender.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { nextEvent } from "../../support/next-event.ts";
import { startScriptedAlertmanager } from "../../support/scripted-alertmanager.ts";
import { someNotice, someNotices } from "./notices.ts";

function newSender(url: string) {
  const clock = new ManualClock();
  const bus = new EventBus((_event, error) => {
    throw error;
  });
  const sender = new Sender({ url, clock, bus, firingMs: 240_000 });
  return { clock, bus, sender };
}

function starting(response: ServerResponse): void {
  response.writeHead(503).end("starting");
}

describe("Sender", () => {
  it("posts JSON to version 2 of the interface, under the URL's own path", async () => {
    const target = await startScriptedAlertmanager();
    const { bus, sender } = newSender(`${target.url}/prefix/`);
    sender.send([someNotice("a")]);
    await expect(nextEvent(bus, "notification.sent")).resolves.toEqual({
      alertmanager: `${target.url}/prefix/`,
      alerts: 1,
    });
    expect(target.received).toMatchObject([
      {
        method: "POST",
        path: "/prefix/api/v2/alerts",
        contentType: "application/json",
        alerts: [{ labels: { module: "a" }, startsAt: "2026-01-01T00:00:00.000Z" }],
      },
    ]);
  });

  it("sends at most 64 alerts in a request, one request at a time", async () => {
    const target = await startScriptedAlertmanager();
    let underWay = 0;
    target.answer = (response) => {
      underWay += 1;
      expect(underWay).toBe(1);
      setImmediate(() => {
        underWay -= 1;
        response.end();
      });
    };
    const { bus, sender } = newSender(target.url);
    const sent: number[] = [];
    const done = new Promise<void>((resolve) => {
      bus.on("notification.sent", ({ alerts }) => {
        sent.push(alerts);
        if (sent.length === 3) resolve();
      });
    });
    sender.send(someNotices(150));
    await done;
    expect(sent).toEqual([64, 64, 22]);
    expect(
      target.received.flatMap(({ alerts }) => alerts).map(({ labels }) => labels["module"]),
    ).toEqual(someNotices(150).map(({ key }) => key));
  });

  it("does not send a batch again that was refused, and goes on with the next one", async () => {
    const target = await startScriptedAlertmanager();
    target.answer = (response, request) => {
      response.writeHead(request === 1 ? 400 : 200);
      response.end(request === 1 ? '"bad \u001b[31malert"\n' : "");
    };
    const { bus, clock, sender } = newSender(target.url);
    const failed = nextEvent(bus, "notification.failed");
    const sent = nextEvent(bus, "notification.sent");
    sender.send(someNotices(65));
    await expect(failed).resolves.toEqual({
      alertmanager: target.url,
      error: "rejected",
      detail: String.raw`400 "bad \x1b[31malert"`,
    });
    await expect(sent).resolves.toMatchObject({ alerts: 1 });
    expect(clock.timers).toBe(0);
    expect(target.received).toHaveLength(2);
  });

  it("waits as long as a busy target asks, then sends the batch again", async () => {
    const target = await startScriptedAlertmanager();
    target.answer = (response, request) => {
      response.writeHead(request === 1 ? 429 : 200, { "retry-after": "30" }).end();
    };
    const { bus, clock, sender } = newSender(target.url);
    sender.send([someNotice("a")]);
    await expect(nextEvent(bus, "notification.failed")).resolves.toMatchObject({
      error: "rate_limited",
    });
    clock.advance(29_999);
    sender.send([someNotice("b")]);
    expect(target.received).toHaveLength(1);
    clock.advance(1);
    await expect(nextEvent(bus, "notification.sent")).resolves.toMatchObject({ alerts: 2 });
  });

  it("leaves a failing target alone for longer each time, up to a minute, and forgets it after", async () => {
    const target = await startScriptedAlertmanager();
    target.answer = starting;
    const { bus, clock, sender } = newSender(target.url);
    const expectFailureAfter = async (delayMs: number): Promise<void> => {
      const failed = nextEvent(bus, "notification.failed");
      clock.advance(delayMs - 1);
      const before = target.received.length;
      clock.advance(1);
      await expect(failed).resolves.toMatchObject({
        error: "server_error",
        detail: "503 starting",
      });
      expect(target.received).toHaveLength(before + 1);
    };
    const first = nextEvent(bus, "notification.failed");
    sender.send([someNotice("a")]);
    await first;
    await expectFailureAfter(1000);
    await expectFailureAfter(2000);
    await expectFailureAfter(4000);
    await expectFailureAfter(8000);
    await expectFailureAfter(16_000);
    await expectFailureAfter(32_000);
    await expectFailureAfter(60_000);
    await expectFailureAfter(60_000);
    target.answer = (response) => response.end();
    const sent = nextEvent(bus, "notification.sent");
    clock.advance(60_000);
    await sent;
    target.answer = starting;
    const again = nextEvent(bus, "notification.failed");
    sender.send([someNotice("a")]);
    await again;
    await expectFailureAfter(1000);
  });

  it("follows no redirect", async () => {
    const target = await startScriptedAlertmanager();
    const elsewhere = await startScriptedAlertmanager();
    target.answer = (response) => response.writeHead(307, { location: elsewhere.url }).end();
    const { bus, sender } = newSender(target.url);
    sender.send([someNotice("a")]);
    await expect(nextEvent(bus, "notification.failed")).resolves.toMatchObject({
      error: "redirected",
    });
    expect(elsewhere.received).toEqual([]);
  });

  it("gives up on a target that never answers, and then tells it the newest", async () => {
    const target = await startScriptedAlertmanager();
    const arrived = new Promise<void>((resolve) => {
      target.answer = () => {
        resolve();
      };
    });
    const { bus, clock, sender } = newSender(target.url);
    sender.send([someNotice("a"), someNotice("b")]);
    await arrived;
    const failed = nextEvent(bus, "notification.failed");
    sender.send([someNotice("a", { resolvedAtMs: clock.wallMs() })]);
    clock.advance(10_000);
    await expect(failed).resolves.toMatchObject({ error: "timeout" });
    target.answer = (response) => response.end();
    const sent = nextEvent(bus, "notification.sent");
    const resolvedAt = new Date(clock.wallMs() - 10_000).toISOString();
    clock.advance(1000);
    await expect(sent).resolves.toMatchObject({ alerts: 2 });
    expect(target.received[1]?.alerts).toMatchObject([
      { labels: { module: "a" }, endsAt: resolvedAt },
      { labels: { module: "b" }, endsAt: new Date(clock.wallMs() + 240_000).toISOString() },
    ]);
  });

  it("reads no endless answer", async () => {
    const target = await startScriptedAlertmanager();
    let written = 0;
    target.answer = (response) => {
      const chunk = Buffer.alloc(16_384, "x");
      const write = (): void => {
        while (!response.destroyed) {
          written += chunk.length;
          if (!response.write(chunk)) {
            response.once("drain", write);
            return;
          }
        }
      };
      response.writeHead(500);
      write();
    };
    const { bus, sender } = newSender(target.url);
    sender.send([someNotice("a")]);
    const { error, detail } = await nextEvent(bus, "notification.failed");
    expect(error).toBe("server_error");
    expect(detail.length).toBeLessThan(250);
    expect(written).toBeLessThan(8 * 1024 * 1024);
  });

  it("tells of a target where nothing listens", async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        if (address !== null && typeof address === "object") resolve(address.port);
      });
    });
    await new Promise((resolve) => {
      server.close(resolve);
    });
    const { bus, sender } = newSender(`http://127.0.0.1:${port}`);
    sender.send([someNotice("a")]);
    await expect(nextEvent(bus, "notification.failed")).resolves.toMatchObject({
      error: "unreachable",
      detail: "ECONNREFUSED",
    });
  });

  it("holds a bounded number of notices, gives up the oldest and counts them", async () => {
    const target = await startScriptedAlertmanager();
    target.answer = (response) => response.writeHead(500).end();
    const { bus, clock, sender } = newSender(target.url);
    sender.send([someNotice("first")]);
    await nextEvent(bus, "notification.failed");
    const dropped = nextEvent(bus, "notification.dropped");
    sender.send(someNotices(10_005));
    await expect(dropped).resolves.toEqual({ alertmanager: target.url, alerts: 6 });
    target.answer = (response) => response.end();
    const sent = nextEvent(bus, "notification.sent");
    clock.advance(1000);
    await sent;
    expect(target.received[1]?.alerts[0]?.labels["module"]).toBe("n5");
    await sender.stop(0);
  });

  it("sends what waits before it stops, without regard to the back-off", async () => {
    const target = await startScriptedAlertmanager();
    target.answer = (response) => response.writeHead(500).end();
    const { bus, sender } = newSender(target.url);
    sender.send(someNotices(70));
    await nextEvent(bus, "notification.failed");
    target.answer = (response) => response.end();
    await sender.stop(5000);
    sender.send([someNotice("too late")]);
    expect(target.received.map(({ alerts }) => alerts.length)).toEqual([64, 64, 6]);
  });

  it("stops within its limit although the target hangs", async () => {
    const target = await startScriptedAlertmanager();
    const arrived = new Promise<void>((resolve) => {
      target.answer = () => {
        resolve();
      };
    });
    const { clock, sender } = newSender(target.url);
    sender.send(someNotices(100));
    await arrived;
    const stopped = sender.stop(2000);
    clock.advance(2000);
    await stopped;
    expect(target.received).toHaveLength(1);
  });
});
