import { describe, expect, test } from "vitest";
import { BasicAuth } from "../../../src/server/web-config/basic-auth.ts";
import type { PasswordChecker } from "../../../src/server/web-config/password-worker.ts";

/** Takes a password that is the hash without its first letter, and keeps count. */
class SamplePasswords implements PasswordChecker {
  readonly checks: string[] = [];
  full = false;

  check(password: string, hash: string): Promise<boolean> | null {
    if (this.full) return null;
    this.checks.push(`${hash} ${password}`);
    return Promise.resolve(hash === `#${password}`);
  }

  async close(): Promise<void> {}
}

const users = new Map([
  ["alice", "#a"],
  ["bob", "#b"],
]);

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}

function sample() {
  const passwords = new SamplePasswords();
  return { passwords, auth: new BasicAuth(passwords) };
}

test("lets in a user with the right password only", async () => {
  const { auth } = sample();
  expect(await auth.judge(users, basic("alice:a"))).toBe("allowed");
  expect(await auth.judge(users, basic("alice:b"))).toBe("denied");
  expect(await auth.judge(users, basic("bob:a"))).toBe("denied");
});

test("a user who does not exist costs a comparison, and fails even with another's password", async () => {
  const { auth, passwords } = sample();
  expect(await auth.judge(users, basic("mallory:a"))).toBe("denied");
  expect(passwords.checks).toEqual(["#a a"]);
});

test.each([
  undefined,
  "",
  "Basic",
  "Basic ",
  "Basic ???",
  "Bearer YWxpY2U6YQ==",
  `Basic ${Buffer.from("alice").toString("base64")}`,
  "Basic YWxpY2U6YQ== Basic",
])("%j is no login, and costs nothing", async (header) => {
  const { auth, passwords } = sample();
  expect(await auth.judge(users, header)).toBe("denied");
  expect(passwords.checks).toEqual([]);
});

test("the scheme's case does not matter, and a password may hold colons", async () => {
  const { auth } = sample();
  const header = basic("carol:a:b:c").replace("Basic", "bASIC");
  expect(await auth.judge(new Map([["carol", "#a:b:c"]]), header)).toBe("allowed");
});

describe("what is known", () => {
  test("is not compared again, right or wrong", async () => {
    const { auth, passwords } = sample();
    await auth.judge(users, basic("alice:a"));
    await auth.judge(users, basic("alice:a"));
    await auth.judge(users, basic("alice:x"));
    await auth.judge(users, basic("alice:x"));
    expect(passwords.checks).toEqual(["#a a", "#a x"]);
  });

  test("does not outlive a changed hash", async () => {
    const { auth } = sample();
    expect(await auth.judge(users, basic("alice:a"))).toBe("allowed");
    expect(await auth.judge(new Map([["alice", "#z"]]), basic("alice:a"))).toBe("denied");
  });

  test("survives a flood of wrong passwords", async () => {
    const { auth, passwords } = sample();
    await auth.judge(users, basic("alice:a"));
    const wrong = Array.from({ length: 500 }, (_, index) => basic(`alice:${index}`));
    await Promise.all(wrong.map(async (header) => auth.judge(users, header)));
    expect(passwords.checks).toHaveLength(501);
    expect(await auth.judge(users, basic("alice:a"))).toBe("allowed");
    expect(passwords.checks).toHaveLength(501);
  });

  test("cannot be poisoned by parts that run into each other", async () => {
    const { auth } = sample();
    // Joined without their bounds, these would be the same: al + ice… and alice + ….
    const wide = new Map([
      ["al", "ice#a"],
      ["alice", "#a"],
    ]);
    expect(await auth.judge(wide, basic("alice:a"))).toBe("allowed");
    expect(await auth.judge(wide, basic("al:a"))).toBe("denied");
    expect(await auth.judge(new Map([["alice#a", "#x"]]), basic("alice#a:a"))).toBe("denied");
  });
});

test("the same login many times at once is one comparison", async () => {
  const { auth, passwords } = sample();
  const verdicts = await Promise.all(
    Array.from({ length: 50 }, async () => auth.judge(users, basic("alice:a"))),
  );
  expect(new Set(verdicts)).toEqual(new Set(["allowed"]));
  expect(passwords.checks).toHaveLength(1);
});

test("says so when too many are waiting", async () => {
  const { auth, passwords } = sample();
  passwords.full = true;
  expect(await auth.judge(users, basic("alice:a"))).toBe("busy");
  passwords.full = false;
  expect(await auth.judge(users, basic("alice:a"))).toBe("allowed");
});
