import { describe, expect, it } from "vitest";
import { addressLiteral, isEhloName } from "../../../src/protocols/smtp/ehlo-name.ts";

describe("the address literal of EHLO", () => {
  it.each([
    ["192.0.2.1", "[192.0.2.1]"],
    ["2001:db8::1", "[IPv6:2001:db8::1]"],
    ["::1", "[IPv6:::1]"],
    ["::ffff:192.0.2.1", "[IPv6:::ffff:192.0.2.1]"],
    ["fe80::1%eth0", "[IPv6:fe80::1]"],
  ])("of %s is %s", (address, literal) => {
    expect(addressLiteral(address)).toBe(literal);
    expect(isEhloName(literal)).toBe(true);
  });
});

describe("the argument of EHLO", () => {
  const longLabel = "a".repeat(63);
  const longName = `${`${longLabel}.`.repeat(3)}${"a".repeat(61)}`;

  it.each([
    "mx.example.test",
    "MX-1.example.test",
    "1.example.test",
    "xn--mller-kva.example",
    `${longLabel}.test`,
    longName,
    "[192.0.2.1]",
    "[IPv6:2001:db8::1]",
  ])("may be %s", (name) => {
    expect(isEhloName(name)).toBe(true);
  });

  it.each([
    ["", "nothing"],
    ["localhost", "no domain"],
    ["mx.example.test.", "the root's dot"],
    [".example.test", "an empty label"],
    ["mx..test", "an empty label inside"],
    ["-mx.example.test", "a hyphen first"],
    ["mx-.example.test", "a hyphen last"],
    ["mx_1.example.test", "an underscore"],
    ["müller.example", "a letter beyond ASCII"],
    [`a${longLabel}.test`, "a label of 64"],
    [`a${longName}`, "a name of 254"],
    ["192.0.2.1", "an address without brackets"],
    ["mx.example.test\r\nMAIL FROM:<>", "a command after it"],
    ["mx.example.test\n", "a line end"],
    ["mx.example.test\0", "a NUL"],
    ["mx example.test", "a blank"],
    ["192.0.2.1]", "half a literal"],
    ["[192.0.2.256]", "a literal of no address"],
    ["[2001:db8::1]", "an IPv6 literal without its tag"],
    ["[IPv6:192.0.2.1]", "an IPv4 address with the tag of IPv6"],
    ["[IPv6:fe80::1%eth0]", "a zone"],
    ["[IPv6:]", "an empty literal"],
    ["[]", "an empty literal"],
    ["[192.0.2.1]\r\nQUIT", "a command after a literal"],
  ])("may not be %j: %s", (name) => {
    expect(isEhloName(name)).toBe(false);
  });
});
