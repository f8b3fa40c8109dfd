import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { formatProblem } from "../../src/config/problem.ts";
import { configOf, errorsOf, testEnvironment, warningsOf } from "./test-environment.ts";

const folder = mkdtempSync(join(tmpdir(), "mta-exporter-config-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, content: string | Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

function errorsOfFile(file: string): readonly string[] {
  const loaded = loadConfig(file, testEnvironment);
  return loaded.ok ? [] : loaded.errors.map(formatProblem);
}

describe("loadConfig", () => {
  it("says at 1:1 that a file cannot be read", () => {
    const missing = join(folder, "missing.yml");
    expect(errorsOfFile(missing)).toEqual([`${missing}:1:1: file: cannot be read (ENOENT)`]);
    expect(errorsOfFile(folder)).toEqual([`${folder}:1:1: file: cannot be read (EISDIR)`]);
  });

  it("reads no file of more than 16 MiB, not even an endless one", () => {
    const big = write("big.yml", "");
    truncateSync(big, 16 * 1024 * 1024 + 1);
    expect(errorsOfFile(big)).toEqual([`${big}:1:1: file: must be at most 16 MiB`]);
    expect(errorsOfFile("/dev/zero")).toEqual(["/dev/zero:1:1: file: must be at most 16 MiB"]);
  });

  it("reads nothing but UTF-8", () => {
    const latin = write("latin.yml", Buffer.from("cluster: b\xfccher\n", "latin1"));
    expect(errorsOfFile(latin)).toEqual([`${latin}:1:1: file: must be text in UTF-8`]);
  });

  it("finds files of secrets beside the configuration file", () => {
    write("x400.password", "secret");
    const file = write(
      "relative.yml",
      `modules:
  x400:
    prober: x400
    x400: { credentials: { mta_name: PROBE, password_file: x400.password } }
peers:
  - { name: a, host: a.example.org, x400: { credentials: { password_file: ./none/../missing } } }
`,
    );
    const missing = join(folder, "missing");
    expect(errorsOfFile(file)).toEqual([
      `${file}:6:75: peers[0].x400.credentials.password_file: must be the path of a file that the agent can read, and "${missing}" does not exist`,
    ]);
    write("missing", "");
    const loaded = loadConfig(file, testEnvironment);
    expect(loaded.ok && loaded.config.modules.get("x400")?.settings).toMatchObject({
      credentials: { password_file: join(folder, "x400.password") },
    });
  });
});

describe("parseConfig", () => {
  it("has a default for everything", () => {
    const config = configOf("");
    expect(config).toMatchObject({
      cluster: "mta",
      node: "node-1",
      ipResources: [],
      peers: [],
      limits: {
        probesInFlight: 1000,
        probesPerSecondPerSource: 25,
        probesPerSecondPerPeer: 10,
        bytesPerProbe: 65_536,
        addressesPerPeer: 16,
        series: 2_000_000,
      },
      sourcePorts: { from: 61_000, to: 65_535 },
      metrics: { durationBuckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
      web: { allowAnyTarget: false },
      alerting: { alertmanagers: [] },
    });
  });

  it("has a module for each probe type that needs no settings", () => {
    const { modules } = configOf("defaults: { timeout: 3s }");
    expect([...modules.keys()]).toEqual(["smtp", "x400"]);
    expect(modules.get("smtp")).toMatchObject({
      schedule: { kind: "every", everyMs: 60_000 },
      whileFailingMs: null,
      timeoutMs: 3_000,
      phaseTimeoutsMs: {},
      control: false,
      settings: { port: 25, starttls: "opportunistic", tls_config: { min_version: "TLS12" } },
    });
  });

  it("lets a module's pace replace that of the defaults, and nothing else", () => {
    const { modules } = configOf(`
defaults: { schedule: "0 * * * * *", timezone: Europe/Berlin, timeout: 4s, control: true }
modules:
  same: { prober: smtp }
  every: { prober: smtp, every: 1m30s, while_failing: { every: 5s }, timeout: 1s }
  cron: { prober: smtp, schedule: "*/5 * * * *", timezone: UTC, control: false }
  phases: { prober: smtp, phase_timeouts: { banner: 2s, quit: 500ms } }
`);
    const berlin = { kind: "cron", expression: "0 * * * * *", timezone: "Europe/Berlin" };
    expect(modules.get("same")).toMatchObject({
      schedule: berlin,
      timeoutMs: 4_000,
      control: true,
    });
    expect(modules.get("every")).toMatchObject({
      schedule: { kind: "every", everyMs: 90_000 },
      whileFailingMs: 5_000,
      timeoutMs: 1_000,
    });
    expect(modules.get("cron")).toMatchObject({
      schedule: { kind: "cron", expression: "*/5 * * * *", timezone: "UTC" },
      control: false,
    });
    expect(modules.get("phases")?.phaseTimeoutsMs).toEqual({ banner: 2_000, quit: 500 });
  });

  it("takes a choice that looks like a number without quotes", () => {
    const { modules } = configOf("modules: { x400: { prober: x400, x400: { mode: 1984 } } }");
    expect(modules.get("x400")?.settings).toMatchObject({ mode: "1984" });
  });

  it("turns off the histogram", () => {
    const { metrics } = configOf("metrics: { duration_buckets: off }");
    expect(metrics.durationBuckets).toEqual([]);
  });

  it("needs a node's name when the host has none that can be a label", () => {
    const environment = { ...testEnvironment, hostname: "" };
    expect(errorsOf("cluster: a", environment)).toEqual([
      '1:1: node: the host name "" cannot be used: set node to a name of 1 to 63 letters, digits and . _ - : / @',
    ]);
    expect(configOf("node: a", environment).node).toBe("a");
  });

  it("warns when there is nothing to probe", () => {
    expect(warningsOf("cluster: a")).toEqual([
      "1:1: configuration: nothing is probed: no IP resource has inbound, and no peer outbound modules",
    ]);
  });

  it("reports only syntax errors of what is no YAML", () => {
    expect(errorsOf("clutser: [\nmodules: {}}\n").join("\n")).not.toContain("clutser");
  });
});
