import { describe, expect, it } from "vitest";
import { readDocument } from "../../src/config/document.ts";

const text = `# a comment
modules:
  smtp:
    prober: smtp
    timeout:
peers:
  - name: one
    outbound: [smtp, "x400"]
  - { name: two }
`;
const document = readDocument(text);

describe("readDocument", () => {
  it("gives plain values", () => {
    expect(document.value).toEqual({
      modules: { smtp: { prober: "smtp", timeout: null } },
      peers: [{ name: "one", outbound: ["smtp", "x400"] }, { name: "two" }],
    });
  });

  it.each([
    [["modules"], "key", 2, 1],
    [["modules"], "value", 3, 3],
    [["modules", "smtp", "prober"], "key", 4, 5],
    [["modules", "smtp", "prober"], "value", 4, 13],
    [["peers", 0, "outbound", 1], "value", 8, 22],
    [["peers", 1], "value", 9, 5],
    [["peers", 1, "name"], "value", 9, 13],
  ] as const)("finds %j (%s) at %d:%d", (path, part, line, column) => {
    expect(document.locate(path, part)).toEqual({ line, column });
  });

  it("shows an empty value at its key, and what is missing at the key of its map", () => {
    expect(document.locate(["modules", "smtp", "timeout"], "value")).toEqual({
      line: 5,
      column: 5,
    });
    expect(document.locate(["modules", "smtp", "every"], "value")).toEqual({ line: 3, column: 3 });
    expect(document.locate(["peers", 0, "host"], "value")).toEqual({ line: 7, column: 5 });
    expect(document.locate(["limits", "series"], "value")).toEqual({ line: 2, column: 1 });
  });

  it("knows a value as it was written, unless it was quoted", () => {
    const { plainText } = readDocument(`a: 1984\nb: "1984"\nc: 0x10\nd: {}`);
    expect(plainText(["a"])).toBe("1984");
    expect(plainText(["b"])).toBeNull();
    expect(plainText(["c"])).toBe("0x10");
    expect(plainText(["d"])).toBeNull();
    expect(plainText(["e"])).toBeNull();
  });

  it("takes no part of YAML 1.1: off is text", () => {
    expect(readDocument("a: off\nb: yes\nc: 010\nd: 2001-01-01").value).toEqual({
      a: "off",
      b: "yes",
      c: 10,
      d: "2001-01-01",
    });
  });

  it("ignores a byte order mark", () => {
    const marked = readDocument("\uFEFFa: 1\n");
    expect(marked.value).toEqual({ a: 1 });
    expect(marked.locate(["a"], "key")).toEqual({ line: 1, column: 1 });
  });

  it("makes nothing of an empty text", () => {
    expect(readDocument("").value).toEqual({});
    expect(readDocument("").locate(["cluster"], "value")).toEqual({ line: 1, column: 1 });
  });

  it.each(["__proto__: { polluted: true }", "a: { __proto__: { polluted: true } }"])(
    "lets no key reach a prototype: %s",
    (hostile) => {
      const { value, problems } = readDocument(hostile);
      expect(problems).toHaveLength(1);
      expect((value as { polluted?: boolean }).polluted).toBeUndefined();
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    },
  );

  it("stops at a depth that no configuration has", () => {
    const deep = readDocument(`a: ${"[".repeat(40)}${"]".repeat(40)}`);
    expect(deep.problems.map(({ problem }) => problem)).toEqual([
      "nested deeper than a configuration can be",
    ]);
    expect(readDocument(`a: ${"[".repeat(20_000)}`).readable).toBe(false);
  });

  it("repeats nothing of a text that is no YAML", () => {
    const { problems } = readDocument(
      "password: 'hunter2\nother: hunter3'hunter4\n- hunter5: \"\\q\"",
    );
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toContain("hunter");
  });
});
