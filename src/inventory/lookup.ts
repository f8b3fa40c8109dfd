import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { type Clock, systemClock, type Timer } from "../clock.ts";
import { HostsFile } from "./hosts-file.ts";
import type { Answer, FamilyAnswer, Lookup } from "./resolution.ts";
import { canonicalAddress } from "./target.ts";

/** Where names are looked up; each has the host's own as its default. */
export interface LookupOptions {
  /** Name servers as `ADDRESS` or `ADDRESS:PORT`. */
  readonly servers?: readonly string[];
  readonly hostsFile?: string;
  readonly clock?: Clock;
}

/** A query that has no answer by then has failed, however many name servers there are to try. */
const LIMIT_MS = 5_000;

/** Names of the hosts file have no TTL; the file is read again after this many seconds. */
const HOSTS_TTL_SECONDS = 60;

/** More at a time overrun the resolver's one socket, and answers are lost. */
const LOOKUPS_AT_A_TIME = 50;

const NOT_FOUND = { error: "name_not_found" } as const;
const FAILED = { error: "resolver_failed" } as const;

/** NXDOMAIN, and a name that has other records only. */
const absent = new Set(["ENOTFOUND", "ENODATA"]);

/**
 * Looks names up as they stand, without search domains: the hosts file first, then DNS, both address
 * families at once.
 */
export function systemLookup(options: LookupOptions = {}): Lookup {
  const { servers, hostsFile = "/etc/hosts", clock = systemClock } = options;
  const hosts = new HostsFile(hostsFile);
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  const turns = new Turns(LOOKUPS_AT_A_TIME);
  const query = async (host: string): Promise<Answer> => {
    const [ipv4, ipv6] = await Promise.all([
      familyAnswer(resolver.resolve4(host, { ttl: true })),
      familyAnswer(resolver.resolve6(host, { ttl: true })),
    ]);
    return { ipv4, ipv6 };
  };
  return async (host) => {
    const fixed = await hosts.addresses(host);
    if (fixed.length > 0) return { ipv4: hostsAnswer(fixed, 4), ipv6: hostsAnswer(fixed, 6) };
    return turns.run(() => inTime(query(host), clock));
  };
}

async function inTime(query: Promise<Answer>, clock: Clock): Promise<Answer> {
  let limit: Timer | undefined;
  const late = new Promise<Answer>((resolve) => {
    limit = clock.setTimer(LIMIT_MS, () => {
      resolve({ ipv4: FAILED, ipv6: FAILED });
    });
  });
  const answer = await Promise.race([query, late]);
  limit?.cancel();
  return answer;
}

async function familyAnswer(
  query: Promise<readonly { readonly address: string; readonly ttl: number }[]>,
): Promise<FamilyAnswer> {
  try {
    const records = await query;
    if (records.length === 0) return NOT_FOUND;
    return {
      addresses: [...new Set(records.map(({ address }) => canonicalAddress(address)))],
      ttlSeconds: Math.min(...records.map(({ ttl }) => ttl)),
    };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return absent.has(code) ? NOT_FOUND : FAILED;
  }
}

function hostsAnswer(fixed: readonly string[], family: 4 | 6): FamilyAnswer {
  const addresses = fixed.filter((address) => isIP(address) === family);
  return addresses.length === 0 ? NOT_FOUND : { addresses, ttlSeconds: HOSTS_TTL_SECONDS };
}

/** Runs so many tasks at a time, the others in their order. */
class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atATime: number) {
    this.#free = atATime;
  }

  async run<Value>(task: () => Promise<Value>): Promise<Value> {
    if (this.#free > 0) this.#free--;
    else {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
