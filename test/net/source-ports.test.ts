import { describe, expect, it } from "vitest";
import { SourcePorts } from "../../src/net/source-ports.ts";

describe("local ports", () => {
  it("are handed out in turn, and from the first again after the last", () => {
    const ports = new SourcePorts({ from: 61_000, to: 61_002 });
    const taken = Array.from({ length: 7 }, () => ports.next("192.0.2.10"));
    expect(taken).toEqual([61_000, 61_001, 61_002, 61_000, 61_001, 61_002, 61_000]);
  });

  it("are counted for each source by itself", () => {
    const ports = new SourcePorts({ from: 61_000, to: 65_535 });
    ports.next("192.0.2.10");
    expect(ports.next("192.0.2.11")).toBe(61_000);
    expect(ports.next("192.0.2.10")).toBe(61_001);
  });

  it("may be a single one", () => {
    const ports = new SourcePorts({ from: 61_000, to: 61_000 });
    expect(ports.size).toBe(1);
    expect([ports.next("192.0.2.10"), ports.next("192.0.2.10")]).toEqual([61_000, 61_000]);
  });

  it("number all of a range, both ends included", () => {
    expect(new SourcePorts({ from: 61_000, to: 65_535 }).size).toBe(4_536);
  });
});
