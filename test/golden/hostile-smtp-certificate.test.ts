import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Reason } from "../../src/errors.ts";
import type { ProbeResult } from "../../src/events.ts";
import { issue, issueServer, testAuthority, type Issued } from "../support/certificates.ts";
import { expectedReport, probeHostile, type Encounter } from "../support/hostile-peer.ts";
import { fin, hear, send } from "../support/peer-steps.ts";
import type { PeerTls } from "../support/scripted-peer.ts";
import { goodbye, secured } from "../support/smtp-dialogue.ts";

const DAY_MS = 86_400_000;

interface Offer {
  /** What is wrong with it. */
  readonly has: string;
  readonly tls: PeerTls;
  /** Whether each check passes: its dates, its authority, its name. */
  readonly checks: readonly [time: 0 | 1, trust: 0 | 1, name: 0 | 1];
  /** Why it fails a probe that verifies; null where it does not. */
  readonly reason: Reason | null;
}

const past = { notBefore: new Date("2020-01-01"), notAfter: new Date("2021-01-01") };
const future = { notBefore: new Date("2040-01-01"), notAfter: new Date("2041-01-01") };

const stranger = issue({ commonName: "Another CA", authority: true });
const names = ["mx.example.test", "127.0.0.1"];

/** Authorities below the one that is trusted, each signed by the one before. */
function intermediates(count: number, above: readonly Issued[] = [testAuthority]): Issued[] {
  if (count === 0) return above.slice(1).toReversed();
  const commonName = `Intermediate ${above.length}`;
  const issuer = above.at(-1) ?? testAuthority;
  return intermediates(count - 1, [...above, issue({ commonName, issuer, authority: true })]);
}

function below(chain: readonly Issued[]): PeerTls {
  const issuer = chain[0] ?? testAuthority;
  return { certificate: issueServer({ issuer }), chain };
}

const expiredIntermediate = issue({
  commonName: "Old CA",
  issuer: testAuthority,
  authority: true,
  ...past,
});
const noAuthority = issueServer({ commonName: "No CA" });
const one = intermediates(1);

const offers: readonly Offer[] = [
  { has: "nothing wrong", tls: { certificate: issueServer() }, checks: [1, 1, 1], reason: null },
  {
    has: "three days left",
    tls: { certificate: issueServer({ notAfter: new Date(Date.now() + 3 * DAY_MS) }) },
    checks: [1, 1, 1],
    reason: null,
  },
  {
    has: "a name with a wildcard",
    tls: { certificate: issueServer({ names: ["*.example.test"] }) },
    checks: [1, 1, 1],
    reason: null,
  },
  {
    has: "expired",
    tls: { certificate: issueServer(past) },
    checks: [0, 1, 1],
    reason: "certificate_expired",
  },
  {
    has: "not begun",
    tls: { certificate: issueServer(future) },
    checks: [0, 1, 1],
    reason: "certificate_not_yet_valid",
  },
  {
    has: "another name",
    tls: { certificate: issueServer({ names: ["elsewhere.example.test"] }) },
    checks: [1, 1, 0],
    reason: "certificate_name_mismatch",
  },
  {
    has: "no name but its subject",
    tls: { certificate: issueServer({ commonName: "elsewhere.example.test", names: [] }) },
    checks: [1, 1, 0],
    reason: "certificate_name_mismatch",
  },
  {
    has: "signed itself",
    tls: { certificate: issue({ names }) },
    checks: [1, 0, 1],
    reason: "certificate_untrusted",
  },
  {
    has: "an unknown authority",
    tls: { certificate: issueServer({ issuer: stranger }), chain: [stranger] },
    checks: [1, 0, 1],
    reason: "certificate_untrusted",
  },
  {
    has: "an authority that is none",
    tls: { certificate: issueServer({ issuer: noAuthority }), chain: [noAuthority] },
    checks: [1, 0, 1],
    reason: "certificate_untrusted",
  },
  {
    has: "left out its intermediate",
    tls: { certificate: issueServer({ issuer: one[0] ?? testAuthority }) },
    checks: [1, 0, 1],
    reason: "certificate_untrusted",
  },
  { has: "an intermediate", tls: below(one), checks: [1, 1, 1], reason: null },
  { has: "50 intermediates", tls: below(intermediates(50)), checks: [1, 1, 1], reason: null },
  {
    has: "an intermediate that has expired",
    tls: below([expiredIntermediate]),
    checks: [0, 1, 1],
    reason: "certificate_expired",
  },
  {
    has: "expired and signed itself",
    tls: { certificate: issue({ names, ...past }) },
    checks: [0, 0, 1],
    reason: "certificate_expired",
  },
  {
    has: "nothing right",
    tls: { certificate: issue({ names: ["elsewhere.example.test"], ...past }) },
    checks: [0, 0, 0],
    reason: "certificate_expired",
  },
  {
    has: "an end that is no date",
    tls: { certificate: issueServer({ notAfter: "never" }) },
    checks: [0, 1, 1],
    reason: "certificate_expired",
  },
  {
    has: "a beginning that is no date",
    tls: { certificate: issueServer({ notBefore: "once" }) },
    checks: [0, 1, 1],
    reason: "certificate_not_yet_valid",
  },
  {
    has: "1,000 names",
    tls: {
      certificate: issueServer({
        names: [...Array.from({ length: 1_000 }, (_, n) => `mx${n}.example.test`), ...names],
      }),
    },
    checks: [1, 1, 1],
    reason: null,
  },
];

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "certificates-"));
  await writeFile(join(folder, "ca.pem"), testAuthority.cert);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

const farewell = [hear("QUIT"), send("221 bye\r\n"), fin] as const;

async function probe(offer: PeerTls, verify: boolean, fails = false): Promise<Encounter> {
  return probeHostile({
    does: "",
    script: [...secured(offer), ...(fails ? farewell : goodbye)],
    probe: {
      host: "mx.example.test",
      settings: { verify, tls_config: { ca_file: join(folder, "ca.pem") } },
    },
  });
}

function checks({ facts }: ProbeResult): number[] {
  const found = new Map(
    facts
      .filter(({ metric }) => metric === "mta_tls_certificate_ok")
      .map(({ labels, value }) => [labels[0], value]),
  );
  return ["time", "trust", "name"].map((check) => found.get(check) ?? -1);
}

/** Newer OpenSSL loads no certificate whose dates are none, so that no peer can be made of it. */
function canBeServed({ tls: { certificate } }: Offer): boolean {
  try {
    createSecureContext({ cert: certificate.cert, key: certificate.key });
    return true;
  } catch {
    return false;
  }
}

const unserved = offers.filter((offer) => !canBeServed(offer));
for (const { has } of unserved) {
  console.log(
    `left out: a certificate with ${has}, OpenSSL ${process.versions.openssl} loads none`,
  );
}

describe("an SMTP peer whose certificate has", () => {
  it.for(offers)("$has: exported", async (offer, { skip }) => {
    skip(unserved.includes(offer), "this OpenSSL does not load it");
    const { tls, checks: expected } = offer;
    const { report, result } = await probe(tls, false);
    expect(report).toEqual(expectedReport({ does: "", script: [] }));
    expect(checks(result)).toEqual(expected);
  });

  it.for(offers)("$has: $reason where it is verified", async (offer, { skip }) => {
    skip(unserved.includes(offer), "this OpenSSL does not load it");
    const { tls, checks: expected, reason } = offer;
    const { report, result } = await probe(tls, true, reason !== null);
    const failure = reason === null ? {} : { failure: ["tls", reason] as const };
    expect(report).toEqual(expectedReport({ does: "", script: [], ...failure }));
    expect(checks(result)).toEqual(expected);
  });

  it("is judged by the address where no name is known", async () => {
    const script = [...secured({ certificate: issueServer() }), ...goodbye];
    const { result } = await probeHostile({ does: "", script });
    expect(checks(result).at(-1)).toBe(1);
  });

  it("is judged without the root's dot and without the zone of an address", async () => {
    const script = [...secured({ certificate: issueServer() }), ...goodbye];
    const dotted = await probeHostile({ does: "", script, probe: { host: "mx.example.test." } });
    const zoned = await probeHostile({ does: "", script, probe: { host: "::1%lo" } });
    expect(checks(dotted.result).at(-1)).toBe(1);
    expect(checks(zoned.result).at(-1)).toBe(1);
  });

  it("has its earliest end in the metric", async () => {
    const notAfter = new Date("2039-12-31T23:59:59Z");
    const { result } = await probe({ certificate: issueServer({ notAfter }) }, false);
    const metric = "mta_tls_certificate_not_after_timestamp_seconds";
    expect(result.facts).toContainEqual({ metric, value: notAfter.getTime() / 1000, labels: [] });
    expect(result.info["tls_not_after"]).toBe("2039-12-31T23:59:59.000Z");
  });

  it("is shown with its subject made printable", async () => {
    const certificate = issueServer({ commonName: "mx\u202E\u0007\n\u001B[2J" });
    const { report, result } = await probe({ certificate }, false);
    expect(report.faults).toEqual([]);
    expect(result.info["tls_subject"]).toMatch(/^CN=mx/);
  });
});
