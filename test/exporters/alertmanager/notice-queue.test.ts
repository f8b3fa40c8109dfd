import { describe, expect, it } from "vitest";
import { NoticeQueue } from "../../../src/exporters/alertmanager/notice-queue.ts";
import { someNotice, someNotices } from "./notices.ts";

const keys = (notices: readonly { readonly key: string }[]) => notices.map(({ key }) => key);

describe("NoticeQueue", () => {
  it("gives out the oldest first", () => {
    const queue = new NoticeQueue(10);
    queue.put(someNotices(3));
    expect(keys(queue.take(2))).toEqual(["n0", "n1"]);
    expect(keys(queue.take(2))).toEqual(["n2"]);
    expect(queue.size).toBe(0);
  });

  it("gives up the oldest when it is full, and says how many", () => {
    const queue = new NoticeQueue(3);
    expect(queue.put(someNotices(5))).toBe(2);
    expect(keys(queue.take(9))).toEqual(["n2", "n3", "n4"]);
  });

  it("keeps one notice of each alert, the newest, and counts none as lost by that", () => {
    const queue = new NoticeQueue(2);
    queue.put(someNotices(2));
    expect(queue.put([someNotice("n0", { resolvedAtMs: 5 })])).toBe(0);
    expect(queue.take(9).map(({ key, resolvedAtMs }) => [key, resolvedAtMs])).toEqual([
      ["n0", 5],
      ["n1", null],
    ]);
  });

  it("takes notices back in front, but for those that a newer one replaced", () => {
    const queue = new NoticeQueue(10);
    queue.put(someNotices(2));
    const taken = queue.take(2);
    queue.put([someNotice("later"), someNotice("n1", { resolvedAtMs: 5 })]);
    expect(queue.putBack(taken)).toBe(0);
    expect(queue.take(9).map(({ key, resolvedAtMs }) => [key, resolvedAtMs])).toEqual([
      ["n0", null],
      ["n1", 5],
      ["later", null],
    ]);
  });

  it("is bounded when notices come back too", () => {
    const queue = new NoticeQueue(2);
    queue.put(someNotices(2));
    const taken = queue.take(2);
    queue.put([someNotice("later")]);
    expect(queue.putBack(taken)).toBe(1);
    expect(keys(queue.take(9))).toEqual(["n1", "later"]);
  });
});
