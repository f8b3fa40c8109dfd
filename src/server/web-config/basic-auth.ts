import { createHash } from "node:crypto";
import type { PasswordChecker } from "./password-worker.ts";

/** Answers kept, of each kind. */
const REMEMBERED = 100;

export type Verdict = "allowed" | "denied" | "busy";

/** HTTP Basic authentication (RFC 7617) against bcrypt hashes. */
export class BasicAuth {
  readonly #passwords: PasswordChecker;
  // Apart, so that no flood of wrong passwords pushes out the right ones.
  readonly #right = new Set<string>();
  readonly #wrong = new Set<string>();
  readonly #pending = new Map<string, Promise<boolean>>();

  constructor(passwords: PasswordChecker) {
    this.#passwords = passwords;
  }

  /** Whether the `Authorization` header names one of the users with its password. */
  async judge(
    users: ReadonlyMap<string, string>,
    authorization: string | undefined,
  ): Promise<Verdict> {
    const credentials = parseCredentials(authorization);
    if (credentials === null) return "denied";
    const { user, password } = credentials;
    // A user who does not exist costs the same as one who does.
    const known = users.get(user);
    const hash = known ?? users.values().next().value ?? "";
    const matches = await this.#matches(user, password, hash);
    if (matches === null) return "busy";
    return matches && known !== undefined ? "allowed" : "denied";
  }

  async #matches(user: string, password: string, hash: string): Promise<boolean | null> {
    const key = cacheKey(user, password, hash);
    if (this.#right.has(key)) return true;
    if (this.#wrong.has(key)) return false;
    const pending = this.#pending.get(key) ?? this.#passwords.check(password, hash);
    if (pending === null) return null;
    this.#pending.set(key, pending);
    try {
      const matches = await pending;
      remember(matches ? this.#right : this.#wrong, key);
      return matches;
    } finally {
      this.#pending.delete(key);
    }
  }
}

/** Each part keeps its bounds in the key: no two different triples share one. */
function cacheKey(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64");
}

function remember(keys: Set<string>, key: string): void {
  keys.add(key);
  const [oldest] = keys;
  if (keys.size > REMEMBERED && oldest !== undefined) keys.delete(oldest);
}

function parseCredentials(
  authorization: string | undefined,
): { readonly user: string; readonly password: string } | null {
  const encoded = /^Basic +([\w+/-]+={0,2})$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
