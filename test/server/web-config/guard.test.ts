import { hashSync } from "bcryptjs";
import { expect, onTestFinished, test } from "vitest";
import { WebGuard } from "../../../src/server/web-config/guard.ts";
import { LiveWebConfig } from "../../../src/server/web-config/live-web-config.ts";
import { PasswordWorker } from "../../../src/server/web-config/password-worker.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { sampleApp, SampleLog } from "../sample-readers.ts";
import { temporaryFiles } from "./temporary-files.ts";

async function guarded(text: string) {
  const write = temporaryFiles();
  const clock = new ManualClock();
  const passwords = new PasswordWorker();
  onTestFinished(() => passwords.close());
  const config = new LiveWebConfig(write("web.yml", text), new SampleLog(), () => undefined);
  const guard = new WebGuard(config, passwords, clock);
  return { ...(await sampleApp({ guard, clock })), clock, write };
}

const users = JSON.stringify({ basic_auth_users: { alice: hashSync("geheim", 4) } });

function login(user: string, password: string) {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
}

test.each(["/", "/metrics", "/-/healthy", "/config", "/api/v1/paths", "/nothing"])(
  "%s needs a login",
  async (url) => {
    const { app } = await guarded(users);
    const response = await app.inject(url);
    expect(response.statusCode).toBe(401);
    expect(response.headers["www-authenticate"]).toBe(
      'Basic realm="mta-exporter", charset="UTF-8"',
    );
    expect((await app.inject({ url, headers: login("alice", "wrong") })).statusCode).toBe(401);
    const allowed = await app.inject({ url, headers: login("alice", "geheim") });
    expect(allowed.statusCode).toBe(url === "/nothing" ? 404 : 200);
  },
);

test("reload needs one too", async () => {
  const { app, lifecycle } = await guarded(users);
  expect((await app.inject({ method: "POST", url: "/-/reload" })).statusCode).toBe(401);
  expect(lifecycle.reloads).toBe(0);
});

test("a file that breaks while it runs is 500 for everyone, and never an open door", async () => {
  const { app, write } = await guarded(users);
  write("web.yml", "junk: [");
  const headers = login("alice", "geheim");
  expect((await app.inject({ url: "/metrics", headers })).statusCode).toBe(500);
  expect((await app.inject("/metrics")).statusCode).toBe(500);
  write("web.yml", users);
  expect((await app.inject("/metrics")).statusCode).toBe(401);
  expect((await app.inject({ url: "/metrics", headers })).statusCode).toBe(200);
});

test("a user taken out of the file is out at once", async () => {
  const { app, write } = await guarded(users);
  const headers = login("alice", "geheim");
  expect((await app.inject({ url: "/metrics", headers })).statusCode).toBe(200);
  write("web.yml", JSON.stringify({ basic_auth_users: { bob: hashSync("geheim", 4) } }));
  expect((await app.inject({ url: "/metrics", headers })).statusCode).toBe(401);
});

test("beyond the rate, requests are 429", async () => {
  const { app, clock } = await guarded("rate_limit: { interval: 1s, burst: 1 }");
  expect((await app.inject("/-/healthy")).statusCode).toBe(200);
  expect((await app.inject("/-/healthy")).statusCode).toBe(429);
  clock.advance(1000);
  expect((await app.inject("/-/healthy")).statusCode).toBe(200);
});

test("adds its headers to every response, over ours", async () => {
  const { app } = await guarded(
    JSON.stringify({
      http_server_config: {
        headers: {
          "Strict-Transport-Security": "max-age=1",
          "Content-Security-Policy": "default-src 'self'",
          "X-XSS-Protection": "",
        },
      },
    }),
  );
  const { headers } = await app.inject("/nothing");
  expect(headers["strict-transport-security"]).toBe("max-age=1");
  expect(headers["content-security-policy"]).toBe("default-src 'self'");
  expect(headers["x-xss-protection"]).toBeUndefined();
});
