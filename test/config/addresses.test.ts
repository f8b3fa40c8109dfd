import { describe, expect, it } from "vitest";
import { isHostName, parseAddress } from "../../src/config/addresses.ts";

describe("parseAddress", () => {
  it.each([
    ["192.0.2.10", "192.0.2.10", 4],
    ["127.0.0.11", "127.0.0.11", 4],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1", 6],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", 6],
    ["fd00::1", "fd00::1", 6],
    ["::1", "::1", 6],
  ])("%s is %s", (text, canonical, family) => {
    expect(parseAddress(text)).toEqual({ text: canonical, family });
  });

  it.each(["", "localhost", "192.0.2", "0xc0.0.2.1", "3221225985", "192.0.2.010", "1:2:3"])(
    "%j is no address",
    (text) => {
      expect(parseAddress(text)).toBeNull();
    },
  );
});

describe("isHostName", () => {
  it.each([
    "mta",
    "mta.example.org",
    "4mta.example",
    "xn--bcher-kva.example",
    "a.b-c.d1",
    "MTA.EX",
  ])("%s is one", (text) => {
    expect(isHostName(text)).toBe(true);
  });

  it.each([
    "",
    ".",
    "a.",
    "a..b",
    "-a",
    "a-",
    "a_b",
    "a b",
    "a\r\nb",
    "bücher",
    "1.2.3.4",
    "0x7f",
    "a.1",
  ])("%j is none", (text) => {
    expect(isHostName(text)).toBe(false);
  });

  it("has labels of 63 and names of 253 characters at most", () => {
    const label = "a".repeat(63);
    expect(isHostName(label)).toBe(true);
    expect(isHostName(`${label}a`)).toBe(false);
    const longest = `${label}.${label}.${label}.${"a".repeat(61)}`;
    expect(isHostName(longest)).toBe(true);
    expect(isHostName(`${longest}a`)).toBe(false);
  });
});
