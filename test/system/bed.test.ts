import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { isListening, loopbackAddress, smtpPort } from "./bed/addresses.ts";
import { ALERTMANAGER_PACKAGES, startAlertmanager } from "./bed/alertmanager.ts";
import { useBed } from "./bed/bed.ts";
import {
  type Certificates,
  createCertificates,
  EXPIRED_AT,
  type KeyPair,
  SERVER_NAME,
  WRONG_NAME,
} from "./bed/certificates.ts";
import { Exposition } from "./bed/exposition.ts";
import { createNetwork, NAMESPACE_PACKAGES } from "./bed/namespaces.ts";
import { POSTFIX_PACKAGES, startPostfix } from "./bed/postfix.ts";
import { startProcess } from "./bed/processes.ts";
import { PROMETHEUS_PACKAGES, startPrometheus } from "./bed/prometheus.ts";
import { whyLeftOut } from "./bed/requirements.ts";
import { until } from "./bed/until.ts";
import { startWebhook } from "./bed/webhook.ts";

const leftOut = await whyLeftOut("the bed of the system tests", {
  packages: [
    ...POSTFIX_PACKAGES,
    ...PROMETHEUS_PACKAGES,
    ...ALERTMANAGER_PACKAGES,
    ...NAMESPACE_PACKAGES,
  ],
  abilities: ["network namespaces"],
});

function read(pair: KeyPair): X509Certificate {
  return new X509Certificate(readFileSync(pair.certFile));
}

describe.skipIf(leftOut !== null)("the bed of the system tests", () => {
  const bed = useBed();
  let certificates: Certificates;

  beforeAll(() => {
    certificates = createCertificates(join(bed.folder, "tls"), ["127.0.0.9"]);
  });

  it("makes certificates for every case that a check tells apart", () => {
    const ca = new X509Certificate(readFileSync(certificates.caFile));
    const good = read(certificates.good);
    expect(good.checkHost(SERVER_NAME)).toBe(SERVER_NAME);
    expect(good.checkIP("127.0.0.9")).toBe("127.0.0.9");
    expect(good.verify(ca.publicKey)).toBe(true);
    expect(new Date(read(certificates.expired).validTo)).toEqual(EXPIRED_AT);
    expect(Date.parse(read(certificates.notYetValid).validFrom)).toBeGreaterThan(Date.now());
    expect(read(certificates.wrongName).checkHost(SERVER_NAME)).toBeUndefined();
    expect(read(certificates.wrongName).checkHost(WRONG_NAME)).toBe(WRONG_NAME);
    expect(read(certificates.selfSigned).verify(ca.publicKey)).toBe(false);
    const daysLeft = (Date.parse(read(certificates.expiringSoon).validTo) - Date.now()) / 86.4e6;
    expect(daysLeft).toBeGreaterThan(2.9);
    expect(daysLeft).toBeLessThan(3.1);
  });

  it("takes one listener of Postfix away and brings it back, and the others stay", async () => {
    const [first, second] = [loopbackAddress(), loopbackAddress()];
    const port = await smtpPort();
    const postfix = await startPostfix(bed, {
      name: "bed",
      addresses: [first, second],
      port,
      tls: certificates.good,
    });
    const { running } = postfix;

    await postfix.closeListener(first);
    expect(await isListening(first, port)).toBe(false);
    expect(await isListening(second, port)).toBe(true);
    await postfix.openListener(first);
    expect(await isListening(first, port)).toBe(true);
    expect(running.exit()).toBeNull();

    await running.stop();
    await until("Postfix is gone", async () => !(await isListening(second, port)));
  });

  it("drops and rejects on one host of a network apart from this machine's", async () => {
    const { near, far } = await createNetwork(bed, ["near", "far"]);
    far.start({
      name: "listener",
      command: process.execPath,
      args: ["--eval", `require("net").createServer().listen(2525, "${far.address}")`],
    });
    const dial = `require("net").connect({ host: "${far.address}", port: 2525, timeout: 300 })
      .on("connect", () => { console.log("connected"); process.exit(); })
      .on("timeout", () => { console.log("timeout"); process.exit(); })
      .on("error", ({ code }) => { console.log(code); process.exit(); })`;
    const attempt = async (): Promise<string> => {
      const { stdout } = await near.run(process.execPath, ["--eval", dial]);
      return stdout.trim();
    };
    await until("the far host accepts", async () => (await attempt()) === "connected");

    const accept = await far.filterInput("tcp dport 2525 drop");
    expect(await attempt()).toBe("timeout");
    await accept();
    await far.filterInput("tcp dport 2525 reject with tcp reset");
    expect(await attempt()).toBe("ECONNREFUSED");
  });

  it("delivers an alert of Prometheus through Alertmanager to the webhook", async () => {
    const webhook = await startWebhook(bed);
    const alertmanager = await startAlertmanager(bed, webhook.url);
    const rules = join(bed.folder, "rules.yml");
    const rule = { alert: "Always", expr: "vector(1)", labels: { severity: "info" } };
    writeFileSync(rules, JSON.stringify({ groups: [{ name: "bed", rules: [rule] }] }));
    const prometheus = await startPrometheus(bed, {
      scrapeConfigs: [],
      ruleFiles: [rules],
      alertmanagers: [alertmanager.address],
    });

    const alert = await until("the webhook has the alert", () => webhook.latest()[0], {
      timeoutMs: 20_000,
    });
    expect(alert).toMatchObject({
      status: "firing",
      labels: { alertname: "Always", severity: "info" },
    });
    expect(await prometheus.query("sum(ALERTS)")).toEqual([{ labels: {}, value: 1 }]);
  });

  it("kills a process that does not end when it is asked to", async () => {
    const stubborn = startProcess(bed, {
      name: "stubborn",
      command: "sh",
      args: ["-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done"],
    });
    await until("it is deaf", () => stubborn.log().includes("deaf"));
    expect(await stubborn.stop(200)).toEqual({ code: null, signal: "SIGKILL" });
  });
});

it("reads the Prometheus text format", () => {
  const exposition = new Exposition(
    [
      "# HELP a_total Things.",
      "# TYPE a_total counter",
      'a_total{path="C:\\\\dir",said="\\"hi\\"\\n",of="x,y}"} 3',
      'a_total{path="b"}    4.5',
      "b +Inf",
      "c NaN",
      "",
    ].join("\n"),
  );
  expect(exposition.find("a_total", { path: "C:\\dir" })).toEqual([
    { name: "a_total", labels: { path: "C:\\dir", said: '"hi"\n', of: "x,y}" }, value: 3 },
  ]);
  expect(exposition.sum("a_total")).toBe(7.5);
  expect(exposition.value("b")).toBe(Infinity);
  expect(exposition.value("c")).toBeNaN();
  expect(exposition.value("d")).toBeUndefined();
  expect(() => exposition.value("a_total")).toThrow("2 samples");
  expect(() => new Exposition("a{b=c} 1")).toThrow("no labels");
  expect(() => new Exposition("a 1 2 3")).toThrow("no sample");
});
