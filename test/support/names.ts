import type { Answer, FamilyAnswer, Lookup } from "../../src/inventory/resolution.ts";

export const NOT_FOUND: FamilyAnswer = { error: "name_not_found" };
export const FAILED: FamilyAnswer = { error: "resolver_failed" };

/** Addresses of one family with their TTL. */
export function found(ttlSeconds: number, ...addresses: readonly string[]): FamilyAnswer {
  return { addresses, ttlSeconds };
}

/** An answer with IPv4 addresses alone. */
export function ipv4(ttlSeconds: number, ...addresses: readonly string[]): Answer {
  return { ipv4: found(ttlSeconds, ...addresses), ipv6: NOT_FOUND };
}

export const absent: Answer = { ipv4: NOT_FOUND, ipv6: NOT_FOUND };
export const failed: Answer = { ipv4: FAILED, ipv6: FAILED };

/** Names with the answers that a look-up gives now; a name that is not among them never gets one. */
export class FakeNames {
  readonly answers: Map<string, Answer>;
  /** Names in the order in which they were asked for. */
  readonly asked: string[] = [];

  constructor(answers: Readonly<Record<string, Answer>> = {}) {
    this.answers = new Map(Object.entries(answers));
  }

  readonly lookup: Lookup = (host) => {
    this.asked.push(host);
    const answer = this.answers.get(host);
    return answer === undefined ? new Promise(() => {}) : Promise.resolve(answer);
  };
}

/** Lets everything run that waits for nothing but its turn. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
