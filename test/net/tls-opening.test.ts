import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TlsOpening } from "../../src/net/tls-opening.ts";

/** Inputs that each property is tried on. */
const RUNS = 5_000;

interface Seen {
  readonly isClear: boolean;
  readonly clearText: string | null;
  readonly certificateRequested: boolean;
}

function see(segments: readonly Buffer[]): Seen {
  const opening = new TlsOpening();
  for (const segment of segments) opening.observe(segment);
  const { isClear, clearText, certificateRequested } = opening;
  return { isClear, clearText, certificateRequested };
}

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(" ", ""), "hex");
}

function record(type: number, content: Buffer): Buffer {
  const header = Buffer.from([type, 3, 3, content.length >> 8, content.length & 0xff]);
  return Buffer.concat([header, content]);
}

function message(type: number, length: number): Buffer {
  return Buffer.concat([Buffer.from([type, 0, length >> 8, length & 0xff]), Buffer.alloc(length)]);
}

const SERVER_HELLO = message(2, 70);
const CERTIFICATE = message(11, 900);
const CERTIFICATE_REQUEST = message(13, 40);
const HELLO_DONE = message(14, 0);

describe("the opening of the other side", () => {
  it.each([
    ["a reply", Buffer.from("250 evil\r\n"), "250 evil\r\n"],
    ["five octets", Buffer.from("250-x"), "250-x"],
    ["octets that are no text", hex("00 ff 00 ff 00"), "\0\xff\0\xff\0"],
    ["a record type that does not exist", hex("18 03 03 00 00"), "\x18\x03\x03\0\0"],
  ])("is clear text when it is %s", (_what, octets, clearText) => {
    expect(see([octets])).toMatchObject({ isClear: true, clearText });
  });

  it("cannot be judged by fewer octets than a record's header has", () => {
    expect(see([Buffer.from("250-")])).toMatchObject({ isClear: true, clearText: null });
    expect(see([])).toMatchObject({ isClear: false, clearText: null });
  });

  it.each([20, 21, 22, 23])("is TLS when it begins with a record of type %i", (type) => {
    expect(see([record(type, Buffer.from("250 evil\r\n"))])).toMatchObject({ isClear: false });
  });

  it.each([
    [
      "in one record",
      [record(22, Buffer.concat([SERVER_HELLO, CERTIFICATE, CERTIFICATE_REQUEST]))],
    ],
    ["in a record of its own", [record(22, SERVER_HELLO), record(22, CERTIFICATE_REQUEST)]],
    [
      "in a message cut by a record's end",
      [
        record(22, Buffer.concat([SERVER_HELLO, CERTIFICATE_REQUEST.subarray(0, 2)])),
        record(22, CERTIFICATE_REQUEST.subarray(2)),
      ],
    ],
    ["after an empty record", [record(22, Buffer.alloc(0)), record(22, CERTIFICATE_REQUEST)]],
  ])("asks for a certificate %s", (_how, segments) => {
    expect(see([Buffer.concat(segments)]).certificateRequested).toBe(true);
  });

  it.each([
    ["it does not", record(22, Buffer.concat([SERVER_HELLO, CERTIFICATE, HELLO_DONE]))],
    [
      "the octets are inside another message",
      record(22, Buffer.concat([hex("0b 0000 04"), hex("0d000000")])),
    ],
    ["it is encrypted", Buffer.concat([record(20, hex("01")), record(22, CERTIFICATE_REQUEST)])],
    ["it is application data", record(23, CERTIFICATE_REQUEST)],
  ])("does not ask for a certificate when %s", (_what, octets) => {
    expect(see([octets]).certificateRequested).toBe(false);
  });

  it(`is the same whatever the segments are, on ${RUNS} inputs`, () => {
    const part = fc.constantFrom(
      SERVER_HELLO,
      CERTIFICATE_REQUEST,
      HELLO_DONE,
      hex("0d"),
      hex("00 00"),
    );
    const handshake = fc
      .array(fc.array(part, { maxLength: 4 }), { maxLength: 4 })
      .map((records) => Buffer.concat(records.map((parts) => record(22, Buffer.concat(parts)))));
    const random = fc.uint8Array({ maxLength: 60 }).map((values) => Buffer.from(values));
    const property = fc.property(fc.oneof(handshake, random), fc.nat(100), (octets, place) => {
      const whole = see([octets]);
      expect(see([octets.subarray(0, place), octets.subarray(place)])).toEqual(whole);
      expect(see(Array.from(octets, (octet) => Buffer.of(octet)))).toEqual(whole);
    });
    fc.assert(property, { numRuns: RUNS });
  });
});
