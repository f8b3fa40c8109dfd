import { describe, expect, it } from "vitest";
import { issueServer } from "../support/certificates.ts";
import { expectedReport, probeHostile } from "../support/hostile-peer.ts";
import { fin, flood, hear, pause, send, silence } from "../support/peer-steps.ts";
import type { Step } from "../support/scripted-peer.ts";
import { asked, banner, goodbye, parting, secured } from "../support/smtp-dialogue.ts";
import { injectingPeers } from "./smtp-peers/starttls.ts";

const bye = send("221 2.0.0 bye\r\n");
const refusal = send("554 5.7.1 no\r\n");

describe("the probe leaves an SMTP peer", () => {
  it.each<[when: string, script: readonly Step[], ending: string]>([
    ["that closes after its 221", [banner, ...goodbye], "fin"],
    ["that stays after its 221", [banner, ...parting, bye, silence], "reset"],
    ["that floods after its 221", [banner, ...parting, bye, pause(20), flood("x")], "reset"],
  ])("%s", async (does, script, ending) => {
    const encounter = await probeHostile({ does, script });
    expect(encounter.report).toEqual(expectedReport({ does, script }));
    expect(encounter.ending).toBe(ending);
  });

  it("that says close_notify and does not close", async () => {
    const script = [...secured({ certificate: issueServer() }), ...parting, bye, fin];
    const { report } = await probeHostile({ does: "", script });
    expect(report).toEqual(expectedReport({ does: "", script }));
  });

  it.each<[when: string, script: readonly Step[], heard: readonly string[], ending: string]>([
    ["that refuses, with QUIT", [refusal, hear("QUIT"), bye, fin], ["QUIT"], "fin"],
    ["that refuses and stays, with QUIT and a reset", [refusal, silence], ["QUIT"], "reset"],
    ["that breaks the protocol, without a word", [send("hello\r\n"), silence], [], "reset"],
  ])("%s", async (does, script, heard, ending) => {
    const encounter = await probeHostile({ does, script });
    expect(encounter.heard).toEqual(heard);
    expect(encounter.ending).toBe(ending);
  });

  it.each(injectingPeers)("that injects $does, without a command in clear text", async (peer) => {
    const { heard, ending } = await probeHostile(peer);
    expect(heard.filter((line) => /^[A-Z]{4}/.test(line))).toEqual([
      "EHLO [127.0.0.1]",
      "STARTTLS",
    ]);
    expect(ending).not.toBe("fin");
  });

  it("without STARTTLS where it is required, after EHLO", async () => {
    const script = [banner, hear("EHLO "), send("250 mx\r\n"), hear("QUIT"), bye, fin];
    const probe = { settings: { starttls: "required" } };
    const { heard } = await probeHostile({ does: "offers nothing", script, probe });
    expect(heard).toEqual(["EHLO [127.0.0.1]", "QUIT"]);
  });

  it("that injects with what it injected in the transcript", async () => {
    const script = [...asked, send("220 go\r\n250 evil\r\n"), silence];
    const { result } = await probeHostile({ does: "injects", script });
    expect(result.transcript.at(-1)).toMatchObject({ from: "peer", summary: "250 evil\\x0d\\x0a" });
  });
});
