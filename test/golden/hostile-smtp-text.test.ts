import { describe, expect, it } from "vitest";
import { probeHostile } from "../support/hostile-peer.ts";
import { fin, send } from "../support/peer-steps.ts";
import { goodbye } from "../support/smtp-dialogue.ts";

describe("the text of a banner", () => {
  const clear = "\u001B[2J";
  const hostile = `${clear}\u202Emoc.elpmaxe\u202C \u0007\u200B\u2028 mx`;

  it("is shown without control and bidirectional characters", async () => {
    const script = [send(Buffer.from(`220 ${hostile}\r\n`)), ...goodbye];
    const { report, result } = await probeHostile({ does: "paints the terminal", script });
    const shown = "\\x1b[2J\\u{202e}moc.elpmaxe\\u{202c} \\x07\\u{200b}\\u{2028} mx";
    expect(report).toMatchObject({ outcome: "success", faults: [] });
    expect(result.info["banner"]).toBe(shown);
    expect(result.transcript[0]?.summary).toBe(`220 ${shown}`);
  });

  it("is shown octet by octet where it is no UTF-8", async () => {
    const script = [send("220 \xff\xfe m\xfcx\r\n"), ...goodbye];
    const { result } = await probeHostile({ does: "writes Latin-1", script });
    expect(result.info["banner"]).toBe("\\xff\\xfe m\\xfcx");
  });

  it("is escaped in the detail of a failure too", async () => {
    const script = [send(Buffer.from(`554 ${hostile}\r\n`)), fin];
    const { result } = await probeHostile({ does: "refuses in colour", script });
    expect(result.failure?.detail).toContain("\\x1b[2J\\u{202e}moc");
  });
});
