import { describe, expect, it } from "vitest";
import { issueServer } from "../support/certificates.ts";
import { probeHostile, type Encounter } from "../support/hostile-peer.ts";
import { fin, hear, send } from "../support/peer-steps.ts";
import type { Run } from "../support/run-probe.ts";
import type { Step } from "../support/scripted-peer.ts";
import { banner, goodbye, greeted, secured } from "../support/smtp-dialogue.ts";

const certificate = issueServer();
const quit = [hear("QUIT"), send("221 2.0.0 bye\r\n"), fin] as const;

async function probe(script: readonly Step[], given: Partial<Run> = {}): Promise<Encounter> {
  return probeHostile({ does: "what it should", script, probe: given });
}

function phasesOf({ result }: Encounter): string[] {
  return result.phases.map(({ phase }) => phase);
}

function said({ result }: Encounter): string[] {
  return result.transcript.map(({ from, summary }) => `${from}: ${summary}`);
}

describe("an SMTP probe in clear text", () => {
  it("greets, quits, and tells what was said", async () => {
    const encounter = await probe([banner, ...goodbye]);
    expect(encounter.result.outcome).toBe("success");
    expect(phasesOf(encounter)).toEqual(["connect", "banner", "ehlo", "quit"]);
    expect(said(encounter)).toEqual([
      "peer: 220 mx.example.test ESMTP",
      "probe: EHLO [127.0.0.1]",
      "peer: 250-mx.example.test",
      "peer: 250 PIPELINING",
      "probe: QUIT",
      "peer: 221 2.0.0 bye",
    ]);
  });

  it("describes the peer, and has the last reply before QUIT as a metric", async () => {
    const { result } = await probe([banner, ...goodbye]);
    expect(result.info).toEqual({ banner: "mx.example.test ESMTP", extensions: ["PIPELINING"] });
    expect(result.facts).toEqual([{ metric: "mta_smtp_reply_code", value: 250, labels: [] }]);
  });

  it.each([
    ["the literal of the address it leaves from", {}, "EHLO [127.0.0.1]"],
    ["the literal of its source", { source: "127.0.0.7" }, "EHLO [127.0.0.7]"],
    ["the literal of an IPv6 address", { address: "::1" }, "EHLO [IPv6:::1]"],
    [
      "the name it is given",
      { settings: { ehlo_name: "probe.example.org" } },
      "EHLO probe.example.org",
    ],
  ])("calls itself %s", async (_what, given, line) => {
    const { heard } = await probe([banner, ...goodbye], given);
    expect(heard[0]).toBe(line);
  });

  it("says HELO where EHLO is refused", async () => {
    const script = [
      banner,
      hear("EHLO "),
      send("502 5.5.1 no\r\n"),
      hear("HELO "),
      send("250 mx\r\n"),
    ];
    const { heard, result } = await probe([...script, ...quit]);
    expect(heard).toEqual(["EHLO [127.0.0.1]", "HELO [127.0.0.1]", "QUIT"]);
    expect(result.info["extensions"]).toEqual([]);
  });

  it("keeps the code and the enhanced status code of a refusal", async () => {
    const { result } = await probe([send("554-5.7.1 no\r\n554 really\r\n"), ...quit]);
    expect(result.failure).toEqual({
      phase: "banner",
      reason: "rejected_permanent",
      origin: "peer",
      code: 554,
      detail: "the connection was answered 554 5.7.1 no really",
    });
    expect(result.info["enhanced_status"]).toBe("5.7.1");
    expect(result.facts).toEqual([{ metric: "mta_smtp_reply_code", value: 554, labels: [] }]);
  });

  it("has no reply code where there was no reply", async () => {
    const { result } = await probe([fin]);
    expect(result.facts).toEqual([]);
  });

  it.each(["off", "opportunistic"])(
    "stays so where STARTTLS is %s and not offered",
    async (starttls) => {
      const encounter = await probe([banner, ...goodbye], { settings: { starttls } });
      expect(encounter.result.outcome).toBe("success");
      expect(phasesOf(encounter)).not.toContain("starttls");
    },
  );

  it("stays so where STARTTLS is off and offered", async () => {
    const encounter = await probe([...greeted, ...quit], { settings: { starttls: "off" } });
    expect(encounter.result.outcome).toBe("success");
    expect(encounter.heard).toEqual(["EHLO [127.0.0.1]", "QUIT"]);
  });
});

describe("an SMTP probe with STARTTLS", () => {
  it.each(["opportunistic", "required"])(
    "takes it where it is %s and offered",
    async (starttls) => {
      const script = [...secured({ certificate }), ...goodbye];
      const encounter = await probe(script, { settings: { starttls } });
      expect(encounter.result.outcome).toBe("success");
      expect(phasesOf(encounter)).toEqual([
        "connect",
        "banner",
        "ehlo",
        "starttls",
        "tls",
        "ehlo",
        "quit",
      ]);
      expect(encounter.heard).toEqual(["EHLO [127.0.0.1]", "STARTTLS", "EHLO [127.0.0.1]", "QUIT"]);
    },
  );

  it("forgets what it learnt before", async () => {
    const { result } = await probe([...secured({ certificate }), ...goodbye]);
    expect(result.info["extensions"]).toEqual(["PIPELINING"]);
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)(
    "has the version %s and its cipher as a metric",
    async (version) => {
      const script = [
        ...secured({ certificate, minVersion: version, maxVersion: version }),
        ...goodbye,
      ];
      const { result } = await probe(script);
      const info = result.facts.find(({ metric }) => metric === "mta_tls_info");
      expect(info).toMatchObject({
        value: 1,
        labels: [version, expect.stringMatching(/^[A-Z0-9_-]+$/)],
      });
      expect(result.info).toMatchObject({ tls_version: version, tls_cipher: info?.labels[1] });
    },
  );

  it("fails without the files of its own certificate, and nobody else is to blame", async () => {
    const settings = { tls_config: { ca_file: "/nowhere/ca.pem" } };
    const { result } = await probe([...secured({ certificate })], { settings });
    expect(result.outcome).toBe("inconclusive");
    expect(result.failure).toMatchObject({
      phase: "tls",
      reason: "permission_denied",
      origin: "local",
    });
  });
});
