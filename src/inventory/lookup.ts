import { readFile } from "node:fs/promises";
import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import type { Answer, Lookup } from "./resolution.ts";

/** Names of the hosts file have no TTL; the file is read again after this many seconds. */
const HOSTS_TTL_SECONDS = 60;

const absent = new Set(["ENOTFOUND", "ENODATA"]);

/** What a query for one address family gave. */
type FamilyAnswer =
  | { readonly records: readonly { readonly address: string; readonly ttl: number }[] }
  | { readonly failed: boolean };

/**
 * Looks names up as the host does: the hosts file first, then DNS, both address families at once.
 * `servers` overrides the host's name servers.
 */
export function systemLookup(servers?: readonly string[], hostsFile = "/etc/hosts"): Lookup {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  return async (host) => {
    const fixed = await addressesInHosts(hostsFile, host);
    if (fixed.length > 0) return { addresses: fixed, ttlSeconds: HOSTS_TTL_SECONDS };
    const answers = await Promise.all([
      family(resolver.resolve4(host, { ttl: true })),
      family(resolver.resolve6(host, { ttl: true })),
    ]);
    return merged(answers);
  };
}

async function family(
  query: Promise<readonly { readonly address: string; readonly ttl: number }[]>,
): Promise<FamilyAnswer> {
  try {
    return { records: await query };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return { failed: !absent.has(code) };
  }
}

/** A name that has addresses in one family exists, whatever became of the other query. */
function merged(answers: readonly FamilyAnswer[]): Answer {
  const records = answers.flatMap((answer) => ("records" in answer ? answer.records : []));
  if (records.length > 0) {
    return {
      addresses: [...new Set(records.map((record) => record.address))],
      ttlSeconds: Math.min(...records.map((record) => record.ttl)),
    };
  }
  const failed = answers.some((answer) => "failed" in answer && answer.failed);
  return { error: failed ? "resolver_failed" : "name_not_found" };
}

async function addressesInHosts(file: string, host: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return [];
  }
  const wanted = host.toLowerCase();
  const found = new Set<string>();
  for (const line of text.split("\n")) {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (isIP(address) !== 0 && names.some((name) => name.toLowerCase() === wanted)) {
      found.add(address);
    }
  }
  return [...found];
}
