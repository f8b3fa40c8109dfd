import { describe, expect, it } from "vitest";
import { EventBus, type Path, type PathChange } from "../../../src/events.ts";
import {
  AlertmanagerExporter,
  type PathAlert,
} from "../../../src/exporters/alertmanager/exporter.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { nextEvent } from "../../support/next-event.ts";
import { failed, someFailure, somePath } from "../../support/results.ts";
import {
  startScriptedAlertmanager,
  type ScriptedAlertmanager,
} from "../../support/scripted-alertmanager.ts";

const MINUTE = 60_000;

const pathAlert: PathAlert = {
  firesAfterSeconds: () => 60,
  text: (path, failure) => ({
    labels: { alertname: "MtaPathFaulty", module: path.module },
    annotations: { description: failure?.reason ?? "" },
    generatorUrl: `http://agent.example/api/v1/paths/${path.id}`,
  }),
};

function setUp() {
  const clock = new ManualClock();
  const bus = new EventBus((_event, error) => {
    throw error;
  });
  const exporter = new AlertmanagerExporter({ bus, clock, pathAlert });
  const change = (to: PathChange["to"], path: Path = somePath()): void => {
    bus.emit("path.changed", {
      path,
      from: "unknown",
      to,
      failure: to === "down" ? someFailure() : null,
      previousStateSeconds: null,
      atMs: clock.wallMs(),
    });
  };
  /** Lets time pass in steps, each with what is sent in it sent, so that nothing runs ahead. */
  const pass = async (ms: number): Promise<void> => {
    const sent = nextEvent(bus, "notification.sent");
    clock.advance(ms);
    await sent;
  };
  return { clock, bus, exporter, change, pass };
}

const alertsOf = (target: ScriptedAlertmanager) => target.received.flatMap(({ alerts }) => alerts);

describe("AlertmanagerExporter", () => {
  it("fires for a path that stays down, and says when it began, how it fails and where to look", async () => {
    const target = await startScriptedAlertmanager();
    const { clock, exporter, change, pass } = setUp();
    exporter.configure([target.url]);
    change("down");
    clock.advance(59_000);
    await pass(1000);
    expect(alertsOf(target)).toEqual([
      {
        labels: { alertname: "MtaPathFaulty", module: "smtp" },
        annotations: { description: "connection_refused" },
        startsAt: new Date(clock.wallMs()).toISOString(),
        endsAt: new Date(clock.wallMs() + 4 * MINUTE).toISOString(),
        generatorURL: "http://agent.example/api/v1/paths/path-1",
      },
    ]);
    await exporter.stop(0);
  });

  it("says nothing of a path that is back in time", async () => {
    const target = await startScriptedAlertmanager();
    const { clock, exporter, change } = setUp();
    exporter.configure([target.url]);
    change("down");
    clock.advance(59_000);
    change("up");
    clock.advance(10 * MINUTE);
    expect(clock.timers).toBe(0);
    await exporter.stop(0);
    expect(target.received).toEqual([]);
  });

  it("sends again once a minute with the failure of the day, and the end at once", async () => {
    const target = await startScriptedAlertmanager();
    const { bus, clock, exporter, change, pass } = setUp();
    exporter.configure([target.url]);
    change("down");
    await pass(MINUTE);
    const failure = someFailure({ reason: "timeout" });
    bus.emit("probe.finished", { path: somePath(), result: failed(failure) });
    await pass(MINUTE);
    clock.advance(10_000);
    change("up");
    await pass(0);
    const [first, second, resolved] = alertsOf(target);
    expect(first?.annotations).toEqual({ description: "connection_refused" });
    expect(second).toMatchObject({
      annotations: { description: "timeout" },
      startsAt: first?.startsAt,
    });
    expect(resolved).toMatchObject({
      startsAt: first?.startsAt,
      endsAt: new Date(clock.wallMs()).toISOString(),
    });
    await exporter.stop(0);
  });

  it("resolves the alert of a path that is gone", async () => {
    const target = await startScriptedAlertmanager();
    const { bus, clock, exporter, change, pass } = setUp();
    exporter.configure([target.url]);
    change("down");
    await pass(MINUTE);
    bus.emit("path.removed", { path: somePath() });
    await pass(0);
    expect(alertsOf(target).at(-1)?.endsAt).toBe(new Date(clock.wallMs()).toISOString());
    await exporter.stop(0);
  });

  it("sends what ends together together", async () => {
    const target = await startScriptedAlertmanager();
    const { exporter, change, pass } = setUp();
    exporter.configure([target.url]);
    const paths = ["a", "b", "c"].map((id) => somePath({ id, module: id }));
    for (const path of paths) change("down", path);
    await pass(MINUTE);
    for (const path of paths) change("up", path);
    await pass(0);
    expect(target.received.map(({ alerts }) => alerts.length)).toEqual([3, 3]);
    await exporter.stop(0);
  });

  it("tells every Alertmanager, and lets none wait for one that hangs", async () => {
    const [hanging, working] = [
      await startScriptedAlertmanager(),
      await startScriptedAlertmanager(),
    ];
    hanging.answer = () => {};
    const { clock, exporter, change, pass } = setUp();
    exporter.configure([hanging.url, working.url]);
    change("down");
    await pass(MINUTE);
    expect(working.received).toHaveLength(1);
    await pass(MINUTE);
    expect(working.received).toHaveLength(2);
    expect(hanging.received.length).toBeGreaterThan(0);
    const stopped = exporter.stop(1000);
    clock.advance(1000);
    await stopped;
  });

  it("tells an Alertmanager that is configured later of all that fires, and an old one nothing more", async () => {
    const [old, fresh] = [await startScriptedAlertmanager(), await startScriptedAlertmanager()];
    const { bus, exporter, change, pass } = setUp();
    exporter.configure([old.url]);
    change("down");
    await pass(MINUTE);
    const sent = nextEvent(bus, "notification.sent");
    exporter.configure([fresh.url]);
    await expect(sent).resolves.toMatchObject({ alertmanager: fresh.url, alerts: 1 });
    await pass(MINUTE);
    expect(alertsOf(fresh).map(({ startsAt }) => startsAt)).toEqual(
      Array.from({ length: 2 }, () => alertsOf(old)[0]?.startsAt),
    );
    expect(old.received).toHaveLength(1);
    await exporter.stop(0);
  });

  it("resolves nothing when it stops: it does not know", async () => {
    const target = await startScriptedAlertmanager();
    const { clock, exporter, change, pass } = setUp();
    exporter.configure([target.url]);
    change("down");
    await pass(MINUTE);
    await exporter.stop(1000);
    clock.advance(10 * MINUTE);
    expect(alertsOf(target)).toHaveLength(1);
    expect(clock.timers).toBe(0);
  });
});
