import * as fc from "fast-check";
import { isIP } from "node:net";
import { describe, expect, it } from "vitest";
import { canonicalAddress, parseTarget } from "../../src/inventory/target.ts";

const read: readonly (readonly [text: string, host: string, port: number | null])[] = [
  ["mx.example.test", "mx.example.test", null],
  ["MX.Example.TEST:25", "mx.example.test", 25],
  ["mx.example.test.:25", "mx.example.test", 25],
  ["localhost", "localhost", null],
  ["_mta.example.test", "_mta.example.test", null],
  ["3com.example.test", "3com.example.test", null],
  ["192.0.2.1", "192.0.2.1", null],
  ["192.0.2.1:65535", "192.0.2.1", 65_535],
  ["2001:DB8:0:0::25", "2001:db8::25", null],
  ["2001:db8::1:25", "2001:db8::1:25", null],
  ["[2001:db8::25]", "2001:db8::25", null],
  ["[2001:db8::25]:2525", "2001:db8::25", 2_525],
  ["::1", "::1", null],
  ["[::ffff:192.0.2.1]:25", "192.0.2.1", 25],
  ["::ffff:c000:201", "192.0.2.1", null],
  ["[fe80::1%eth0]:25", "fe80::1%eth0", 25],
];

const refused: readonly string[] = [
  "",
  " ",
  ":",
  ":25",
  "mx.example.test:",
  "mx.example.test:0",
  "mx.example.test:65536",
  "mx.example.test:999999",
  "mx.example.test:-1",
  "mx.example.test:25:25",
  "mx.example.test:smtp",
  "mx.example.test: 25",
  " mx.example.test",
  "mx.example.test\r\nRCPT TO:<x>",
  "mx.example.test\n",
  "mx.example.test\0",
  "mx.example.test\0.evil.test",
  "mx..example.test",
  ".example.test",
  "-mx.example.test",
  "mx.example.test/../..",
  "http://mx.example.test/",
  "user@mx.example.test",
  "mx.exämple.test",
  "１２７.0.0.1",
  `${"a".repeat(64)}.test`,
  `${"a.".repeat(127)}ab`,
  "[mx.example.test]:25",
  "[192.0.2.1]:25",
  "[2001:db8::25",
  "2001:db8::25]",
  "[2001:db8::25]25",
  "[[2001:db8::25]]:25",
  "[]:25",
  "2001:db8::25::1",
];

/** What the C library takes for 127.0.0.1, and others like it. */
const numbers: readonly string[] = [
  "2130706433",
  "0x7f000001",
  "017700000001",
  "127.1",
  "127.0.1",
  "0x7f.0.0.1",
  "0177.0.0.1",
  "127.0.0.01",
  "127.0.0.0x1",
  "127.0.0.1.",
  "127.0.0.256",
  "1.2.3.4.5",
  "0x",
  "2130706433:25",
];

describe("parseTarget", () => {
  it.each(read)("reads %j", (text, host, port) => {
    expect(parseTarget(text)).toEqual({ host, port });
  });

  it.each([...refused, ...numbers])("refuses %j", (text) => {
    expect(parseTarget(text)).toBeNull();
  });

  it("yields nothing but a canonical address, or a name in which there is nothing odd", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.stringMatching(/^[0-9a-fx.:[\]%_ \r\n\0-]*$/),
    );
    fc.assert(
      fc.property(text, (given) => {
        const target = parseTarget(given);
        if (target === null) return;
        const { host, port } = target;
        const isName = /^[a-z0-9_][a-z0-9_.-]*$/.test(host);
        const isAddress = isIP(host) !== 0 && canonicalAddress(host) === host;
        expect(isName || isAddress).toBe(true);
        expect(port === null || (port >= 1 && port <= 65_535)).toBe(true);
      }),
    );
  });

  it("reads every address it writes", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.ipV4(), fc.ipV6()),
        fc.integer({ min: 1, max: 65_535 }),
        (ip, port) => {
          const host = canonicalAddress(ip);
          expect(parseTarget(ip)).toEqual({ host, port: null });
          const written = isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
          expect(parseTarget(written)).toEqual({ host, port });
        },
      ),
    );
  });
});
