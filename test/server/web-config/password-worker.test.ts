import { hashSync } from "bcryptjs";
import { expect, onTestFinished, test } from "vitest";
import { PasswordWorker } from "../../../src/server/web-config/password-worker.ts";

const hash = hashSync("geheim", 4);

function worker(): PasswordWorker {
  const passwords = new PasswordWorker();
  onTestFinished(() => passwords.close());
  return passwords;
}

test("compares with bcrypt, whichever of its prefixes the hash has", async () => {
  const passwords = worker();
  expect(await passwords.check("geheim", hash)).toBe(true);
  expect(await passwords.check("geheim", hash.replace("$2b$", "$2y$"))).toBe(true);
  expect(await passwords.check("Geheim", hash)).toBe(false);
});

test("answers each in its turn", async () => {
  const passwords = worker();
  const words = ["a", "geheim", "b", "geheim", "c"];
  const answers = await Promise.all(words.map(async (word) => passwords.check(word, hash)));
  expect(answers).toEqual([false, true, false, true, false]);
});

test("takes no more than its queue holds", async () => {
  const passwords = worker();
  const taken = Array.from({ length: 16 }, async () => passwords.check("x", hash));
  expect(passwords.check("x", hash)).toBeNull();
  await Promise.all(taken);
  expect(await passwords.check("geheim", hash)).toBe(true);
});

test("leaves the event loop alone while it works", async () => {
  const passwords = worker();
  await passwords.check("x", hash);
  let turns = 0;
  let working = true;
  const turn = () => {
    turns += 1;
    if (working) setImmediate(turn);
  };
  turn();
  await passwords.check("x", hashSync("x", 4).replace("$04$", "$10$"));
  working = false;
  expect(turns).toBeGreaterThan(20);
});

test("what waits is told when it closes", async () => {
  const passwords = worker();
  const waiting = passwords.check("x", hash.replace("$04$", "$14$"));
  await passwords.close();
  await expect(waiting).rejects.toThrow("the password thread ended");
});
