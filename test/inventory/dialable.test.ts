import { describe, expect, it } from "vitest";
import { isDialable } from "../../src/inventory/dialable.ts";

const hosts = [
  "192.168.1.25",
  "10.0.0.1",
  "172.16.0.1",
  "100.64.0.1",
  "8.8.8.8",
  "127.0.0.1",
  "::1",
  "2a00:1450::1a",
  "fd00::25",
];

const none = [
  "0.0.0.0",
  "0.1.2.3",
  "::",
  "::ffff:0.0.0.0",
  "169.254.169.254",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "fe80::1",
  "fe80::1%eth0",
  "fec0::1",
  "224.0.0.1",
  "ff02::1",
  "255.255.255.255",
  "240.0.0.1",
  "192.0.0.8",
  "2001:db8::1",
  "100::1",
];

/** IPv6 addresses that stand for 169.254.169.254 or another IPv4 address. */
const disguised = [
  "::a9fe:a9fe",
  "::169.254.169.254",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b:1::a9fe:a9fe",
  "2002:a9fe:a9fe::1",
  "2001:0:a9fe:a9fe::1",
  "::ffff:0:a9fe:a9fe",
];

const metadata = ["fd00:ec2::254", "100.100.100.200"];

describe("isDialable", () => {
  it.each(hosts)("allows the host %s", (address) => {
    expect(isDialable(address)).toBe(true);
  });

  it.each([...none, ...disguised, ...metadata])("refuses %s", (address) => {
    expect(isDialable(address)).toBe(false);
  });
});
