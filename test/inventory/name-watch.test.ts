import { beforeEach, describe, expect, it } from "vitest";
import { NameWatch } from "../../src/inventory/name-watch.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { absent, failed, FakeNames, ipv4, settled } from "../support/names.ts";

function deferred(): { promise: Promise<void>; resolve: () => void } {
  const resolvers: (() => void)[] = [];
  const promise = new Promise<void>((resolve) => resolvers.push(resolve));
  return { promise, resolve: () => resolvers[0]?.() };
}

let clock: ManualClock;
let names: FakeNames;
let watch: NameWatch;
/** What was told, as `host addresses|error (changed)`. */
let told: string[];

beforeEach(() => {
  clock = new ManualClock();
  names = new FakeNames();
  told = [];
  watch = new NameWatch({
    clock,
    timers: clock,
    lookup: names.lookup,
    onResolved: (host, { addresses, expired, error }, changed) => {
      const usable = addresses.filter((address) => !expired.includes(address));
      told.push(`${host} ${error ?? usable.join(",")}${changed ? " changed" : ""}`);
    },
  });
});

async function pass(seconds: number): Promise<void> {
  if (seconds === 0) return;
  clock.advance(1_000);
  await settled();
  await pass(seconds - 1);
}

function addressesOf(host: string): readonly string[] | undefined {
  return watch.resolutions().get(host)?.addresses;
}

describe("NameWatch", () => {
  it("resolves a name and tells it, before watch() ends", async () => {
    names.answers.set("a.test", ipv4(60, "192.0.2.1"));
    await watch.watch(new Set(["a.test"]), 16);
    expect(told).toEqual(["a.test 192.0.2.1 changed"]);
    expect(addressesOf("a.test")).toEqual(["192.0.2.1"]);
  });

  it("asks again when four fifths of the TTL are over, again and again", async () => {
    names.answers.set("a.test", ipv4(60, "192.0.2.1"));
    await watch.watch(new Set(["a.test"]), 16);
    await pass(47);
    expect(names.asked).toHaveLength(1);
    await pass(1);
    expect(names.asked).toHaveLength(2);
    await pass(48);
    expect(names.asked).toHaveLength(3);
    expect(told.slice(1)).toEqual(["a.test 192.0.2.1", "a.test 192.0.2.1"]);
  });

  it("tells of addresses that come and go", async () => {
    names.answers.set("a.test", ipv4(10, "192.0.2.1"));
    await watch.watch(new Set(["a.test"]), 16);
    names.answers.set("a.test", ipv4(10, "192.0.2.2", "192.0.2.1"));
    await pass(8);
    names.answers.set("a.test", ipv4(10, "192.0.2.2"));
    await pass(8);
    names.answers.set("a.test", absent);
    await pass(8);
    names.answers.set("a.test", ipv4(10, "192.0.2.3"));
    await pass(15);
    expect(told).toEqual([
      "a.test 192.0.2.1 changed",
      "a.test 192.0.2.1,192.0.2.2 changed",
      "a.test 192.0.2.2 changed",
      "a.test name_not_found changed",
      "a.test 192.0.2.3 changed",
    ]);
  });

  it("keeps the same object for as long as nothing changes", async () => {
    names.answers.set("a.test", ipv4(10, "192.0.2.1"));
    await watch.watch(new Set(["a.test"]), 16);
    const before = watch.resolutions().get("a.test");
    await pass(60);
    await watch.watch(new Set(["a.test"]), 16);
    expect(watch.resolutions().get("a.test")).toBe(before);
  });

  it("says when an answer runs out, though the look-up for the next one hangs", async () => {
    names.answers.set("a.test", ipv4(10, "192.0.2.1"));
    await watch.watch(new Set(["a.test"]), 16);
    names.answers.delete("a.test");
    await pass(9);
    expect(told).toHaveLength(1);
    await pass(1);
    expect(told.slice(1)).toEqual(["a.test resolver_failed changed"]);
    expect(addressesOf("a.test")).toEqual(["192.0.2.1"]);
  });

  it("keeps asking a name server that fails, and takes its answer when there is one", async () => {
    names.answers.set("a.test", failed);
    await watch.watch(new Set(["a.test"]), 16);
    await pass(30);
    expect(told).toEqual(Array.from({ length: 3 }, () => "a.test resolver_failed"));
    names.answers.set("a.test", ipv4(60, "192.0.2.1"));
    await pass(15);
    expect(told.at(-1)).toBe("a.test 192.0.2.1 changed");
  });

  it("waits five seconds for first answers and no longer; a late one is told", async () => {
    names.answers.set("a.test", ipv4(60, "192.0.2.1"));
    const { promise: late, resolve: answerLate } = deferred();
    const both = new NameWatch({
      clock,
      timers: clock,
      lookup: async (host) => {
        if (host === "late.test") await late;
        return names.lookup("a.test");
      },
      onResolved: (host, { error }) => told.push(`${host} ${error ?? "resolved"}`),
    });
    let isOver = false;
    const watching = both.watch(new Set(["late.test", "a.test"]), 16).then(() => {
      isOver = true;
      return isOver;
    });
    await settled();
    expect(told).toEqual(["a.test resolved"]);
    clock.advance(4_999);
    await settled();
    expect(isOver).toBe(false);
    clock.advance(1);
    await watching;
    expect(both.resolutions().get("late.test")).toMatchObject({ error: "resolver_failed" });
    answerLate();
    await settled();
    expect(told).toEqual(["a.test resolved", "late.test resolved"]);
  });

  it("stops asking for names that are watched no more, and forgets them", async () => {
    names.answers.set("a.test", ipv4(10, "192.0.2.1"));
    names.answers.set("b.test", ipv4(10, "192.0.2.2"));
    await watch.watch(new Set(["a.test", "b.test"]), 16);
    await watch.watch(new Set(["b.test"]), 16);
    names.asked.splice(0);
    await pass(30);
    expect(new Set(names.asked)).toEqual(new Set(["b.test"]));
    expect([...watch.resolutions().keys()]).toEqual(["b.test"]);
  });

  it("takes no answer for a name that was dropped while it was asked for", async () => {
    const watching = watch.watch(new Set(["slow.test"]), 16);
    names.answers.set("slow.test", ipv4(10, "192.0.2.1"));
    await watch.watch(new Set(), 16);
    clock.advance(5_000);
    await watching;
    expect(told).toEqual([]);
    expect(watch.resolutions().size).toBe(0);
    expect(clock.timers).toBe(0);
  });

  it("counts the addresses above the limit, and heeds a new limit without asking", async () => {
    names.answers.set("a.test", ipv4(60, "192.0.2.1", "192.0.2.2", "192.0.2.3"));
    await watch.watch(new Set(["a.test"]), 2);
    expect(watch.resolutions().get("a.test")).toMatchObject({
      addresses: ["192.0.2.1", "192.0.2.2"],
      omitted: 1,
    });
    await watch.watch(new Set(["a.test"]), 3);
    expect(watch.resolutions().get("a.test")).toMatchObject({ omitted: 0 });
    expect(names.asked).toHaveLength(1);
  });

  it("leaves no timer behind when it stops", async () => {
    names.answers.set("a.test", ipv4(10, "192.0.2.1"));
    await watch.watch(new Set(["a.test"]), 16);
    watch.stop();
    expect(clock.timers).toBe(0);
    await pass(20);
    expect(names.asked).toHaveLength(1);
  });
});
