import { describe, expect, it } from "vitest";
import { ehloKeywords, ReplyReader, type Reply } from "../../../src/protocols/smtp/reply.ts";
import { readReply, type Reading } from "./read-reply.ts";

const LIMITS = { lineOctets: 64, lines: 5 };

function readText(text: string): Reading {
  return readReply([Buffer.from(text, "latin1")], LIMITS);
}

const good = [
  ["220 mx.example.test ESMTP\r\n", 220, ["mx.example.test ESMTP"]],
  ["220\r\n", 220, [""]],
  ["220 \r\n", 220, [""]],
  ["250-mx\r\n250-SIZE 1\r\n250 HELP\r\n", 250, ["mx", "SIZE 1", "HELP"]],
  ["250-mx\n250 HELP\n", 250, ["mx", "HELP"]],
  ["250-\r\n250\r\n", 250, ["", ""]],
  ["259 \xe9\0\t\r\n", 259, ["\xe9\0\t"]],
  ["554 5.7.1 no\r\n", 554, ["5.7.1 no"]],
  ["220 220-more\r\n", 220, ["220-more"]],
  [`220 ${"x".repeat(59)}\r\n`, 220, ["x".repeat(59)]],
  ["250-1\r\n250-2\r\n250-3\r\n250-4\r\n250 5\r\n", 250, ["1", "2", "3", "4", "5"]],
] as const;

const bad = [
  ["mx.example.test\r\n", "protocol"],
  ["\r\n", "protocol"],
  ["\n", "protocol"],
  [" 220 mx\r\n", "protocol"],
  ["120 mx\r\n", "protocol"],
  ["620 mx\r\n", "protocol"],
  ["260 mx\r\n", "protocol"],
  ["22a mx\r\n", "protocol"],
  ["22\r\n", "protocol"],
  ["2200 mx\r\n", "protocol"],
  ["220_mx\r\n", "protocol"],
  ["220\tmx\r\n", "protocol"],
  ["220-mx\r\n221 mx\r\n", "protocol"],
  ["220-mx\r\nmx\r\n", "protocol"],
  ["220 m\rx\r\n", "protocol"],
  ["220 mx\r\r\n", "protocol"],
  ["220\rmx\r\n", "protocol"],
  [`220 ${"x".repeat(60)}\r\n`, "limit"],
  [`220 ${"x".repeat(1_000)}`, "limit"],
  ["250-1\r\n250-2\r\n250-3\r\n250-4\r\n250-5\r\n250 6\r\n", "limit"],
] as const;

/** The start of a line is enough to know that it is no reply. */
const badStarts = [
  "m",
  "1",
  "6",
  "26",
  "22a",
  "2200",
  "220\t",
  "\r",
  "\n",
  "2\r",
  "22\n",
  "-",
  "220 m\rx",
];

/** What may become a reply. */
const open = [
  "",
  "2",
  "25",
  "250",
  "250-",
  "250 mx",
  "250 mx\r",
  "250-mx\r\n",
  "250-mx\r\n25",
  "250\r",
];

describe("reading an SMTP reply", () => {
  it.each(good)("reads %j", (text, code, lines) => {
    expect(readText(text)).toMatchObject({ reply: { code, lines }, surplus: "", error: null });
  });

  it.each(bad)("refuses %j", (text, error) => {
    expect(readText(text)).toEqual({ reply: null, surplus: "", error });
  });

  it.each(badStarts)("refuses %j before the line ends", (text) => {
    expect(readText(text).error).toBe("protocol");
  });

  it.each(open)("waits for more after %j", (text) => {
    expect(readText(text)).toEqual({ reply: null, surplus: "", error: null });
  });

  it("keeps what follows a reply apart, whatever it is", () => {
    expect(readText("220 go\r\n\0junk")).toMatchObject({ reply: { code: 220 }, surplus: "\0junk" });
    expect(readText(`220 go\r\n${"x".repeat(1_000)}`).surplus).toBe("x".repeat(64));
  });

  it("reads one reply after another", () => {
    const reader = new ReplyReader(LIMITS);
    const codes = ["220 mx\r\n", "250-mx\r\n250 HELP\r\n", "221 bye\r\n"].map((text) => {
      reader.push(Buffer.from(text));
      return reader.take().code;
    });
    expect(codes).toEqual([220, 250, 221]);
    expect(reader.ready).toBe(false);
  });

  it("forgets the surplus when the next reply begins", () => {
    const reader = new ReplyReader(LIMITS);
    reader.push(Buffer.from("220 mx\r\nmore"));
    reader.take();
    reader.push(Buffer.from("250 mx\r\n"));
    expect(reader.take().code).toBe(250);
    expect(reader.surplus).toBe("");
  });
});

describe("the enhanced status code of a reply", () => {
  const cases = [
    ["554 5.7.1 no\r\n", "5.7.1"],
    ["250-mx\r\n250 2.0.0 ok\r\n", "2.0.0"],
    ["421 4.3.2\r\n", "4.3.2"],
    ["451 4.999.999 x\r\n", "4.999.999"],
    ["554 3.7.1 no\r\n", null],
    ["554 5.7 no\r\n", null],
    ["554 5.7.1.2 no\r\n", null],
    ["554 5.7.1234 no\r\n", null],
    ["554 no 5.7.1\r\n", null],
  ] as const;

  it.each(cases)("of %j is %j", (text, enhanced) => {
    expect(readText(text).reply?.enhanced).toBe(enhanced);
  });
});

describe("the keywords of an answer to EHLO", () => {
  it("are in capitals, with their parameters, without the name", () => {
    const { reply } = readText("250-STARTTLS\r\n250-size 100\r\n250-Auth A  B\r\n250 HELP\r\n");
    expect([...ehloKeywords(reply as Reply)]).toEqual([
      ["SIZE", "100"],
      ["AUTH", "A  B"],
      ["HELP", ""],
    ]);
  });
});
