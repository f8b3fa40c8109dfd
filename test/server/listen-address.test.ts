import { expect, test } from "vitest";
import { AgentError } from "../../src/errors.ts";
import { parseListenAddress } from "../../src/server/listen-address.ts";

test.each([
  [":10225", null, 10_225],
  [":0", null, 0],
  ["127.0.0.1:9000", "127.0.0.1", 9000],
  ["0.0.0.0:9000", "0.0.0.0", 9000],
  ["[::1]:9000", "::1", 9000],
  ["[fe80::1%eth0]:9000", "fe80::1%eth0", 9000],
  ["localhost:65535", "localhost", 65_535],
  ["mail-1.example.org:9000", "mail-1.example.org", 9000],
])("%s is host %s, port %i", (text, host, port) => {
  expect(parseListenAddress(text)).toEqual({ host, port });
});

test.each([
  ["", "the port is missing"],
  ["10225", "the port is missing"],
  ["127.0.0.1", "the port is missing"],
  ["127.0.0.1:", "the port is not a number"],
  [":http", "the port is not a number"],
  [":-1", "the port is not a number"],
  [":65536", "the port is above 65535"],
  ["::1", "an IPv6 address stands in brackets"],
  ["::1:9000", "an IPv6 address stands in brackets"],
  ["2001:db8::1:70000", "the port is above 65535"],
  ["[127.0.0.1]:9000", "no IPv6 address in the brackets"],
  ["[]:9000", "no IPv6 address in the brackets"],
  ["[::1:9000", "no IPv6 address in the brackets"],
  ["256.0.0.1:9000", "that is no address and no host name"],
  ["a b:9000", "that is no address and no host name"],
  ["http://localhost:9000", "an IPv6 address stands in brackets"],
  ["*:9000", "that is no address and no host name"],
])("%j is refused: %s", (text, what) => {
  expect(() => parseListenAddress(text)).toThrow(AgentError);
  expect(() => parseListenAddress(text)).toThrow(what);
});

test("the message says what is allowed", () => {
  expect(() => parseListenAddress("x")).toThrow('allowed are ":10225" (every address)');
});
