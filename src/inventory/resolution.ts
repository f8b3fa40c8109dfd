import type { Reason } from "../errors.ts";

/** What is known of a host name. */
export interface Resolution {
  /** Its addresses, IPv4 and IPv6, sorted; those of the last good answer when there is an error. */
  readonly addresses: readonly string[];
  /** Addresses left out because there are too many. */
  readonly omitted: number;
  /** Why the addresses may not be used: the name has none, or the answer is past its TTL. */
  readonly error: Extract<Reason, "name_not_found" | "resolver_failed"> | null;
}

/** One answer of a look-up. */
export type Answer =
  | { readonly addresses: readonly string[]; readonly ttlSeconds: number }
  | { readonly error: "name_not_found" | "resolver_failed" };

/** Looks a host name up; never rejects. */
export type Lookup = (host: string) => Promise<Answer>;
