import type { Reason } from "../errors.ts";

/** Why a name has no address: it does not have one, or no name server said whether it has. */
export type NoAddress = Extract<Reason, "name_not_found" | "resolver_failed">;

/** What is known of a host name. */
export interface Resolution {
  /** Its addresses, IPv4 and IPv6, sorted. */
  readonly addresses: readonly string[];
  /** Those of them that may no longer be dialled: their TTL ran out and no new answer came. */
  readonly expired: readonly string[];
  /** Addresses left out because there are too many. */
  readonly omitted: number;
  /** Why there is no address that may be dialled; null while there is one. */
  readonly error: NoAddress | null;
}

/** What a query for one address family gave. */
export type FamilyAnswer =
  | { readonly addresses: readonly string[]; readonly ttlSeconds: number }
  | { readonly error: NoAddress };

/** One answer of a look-up. A family can fail while the other one answers. */
export interface Answer {
  readonly ipv4: FamilyAnswer;
  readonly ipv6: FamilyAnswer;
}

/** Looks a host name up; never rejects, and answers within a limit of its own. */
export type Lookup = (host: string) => Promise<Answer>;
