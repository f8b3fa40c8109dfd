import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { redacted } from "../../src/config/redact.ts";
import { judge } from "./test-environment.ts";

describe("redacted", () => {
  it.each([
    "password",
    "smtp_password",
    "passphrase",
    "secret",
    "client_secret",
    "token",
    "bearer_token",
    "api_key",
    "private_key",
    "authorization",
    "credentials",
  ])("hides the value of %s", (key) => {
    expect(parse(redacted({ smtp: { [key]: "hunter2" } }))).toEqual({
      smtp: { [key]: "<secret>" },
    });
  });

  it("hides all that lies below a secret", () => {
    expect(redacted({ secret: { value: "hunter2" }, tokens: ["hunter2"] })).not.toContain(
      "hunter2",
    );
  });

  it("shows the paths of files, and maps that only may hold secrets", () => {
    const value = { credentials: { mta_name: "PROBE", password_file: "/etc/x400.password" } };
    expect(parse(redacted(value))).toEqual(value);
  });

  it("shows modules whatever their names", () => {
    const value = { modules: { token: { prober: "smtp", smtp: { port: 25 } } } };
    expect(parse(redacted(value))).toEqual(value);
  });

  it("hides the user part of URLs wherever it stands", () => {
    const value = { list: ["see https://user:hunter2@example.org/x", "http://example.org/a@b"] };
    expect(parse(redacted(value))).toEqual({
      list: ["see https://<secret>@example.org/x", "http://example.org/a@b"],
    });
  });

  it("shows a file without its comments", () => {
    const loaded = judge(
      "# password: hunter2\ncluster: mail1 # hunter2\nmodules: { x: { prober: x400, x400: { mode: 1984 } } }\n",
    );
    expect(loaded.ok && loaded.redacted).toBe(
      'cluster: mail1\nmodules:\n  x:\n    prober: x400\n    x400:\n      mode: "1984"\n',
    );
  });
});
