import type { Answer, FamilyAnswer, Resolution } from "./resolution.ts";

/** A name is asked for again when this part of its TTL is over, so that it never runs out unasked. */
const REFRESH_AT = 0.8;
const MIN_TTL_SECONDS = 5;
const MAX_TTL_SECONDS = 3_600;
/** Seconds until a name that has no address is asked for again; after a failure at the latest. */
const RETRY_SECONDS = 15;
/** Seconds for which it is believed that a name has no address of a family. */
const NEGATIVE_TTL_SECONDS = 60;

/** What is known of the addresses of one family. */
interface FamilyState {
  readonly addresses: readonly string[];
  /** When this runs out, on the monotonic clock; from then on nothing is known for sure. */
  readonly validUntilMs: number;
}

/** What is known of a name: a family that got no answer keeps what it had. */
export interface NameState {
  readonly ipv4: FamilyState;
  readonly ipv6: FamilyState;
}

const NOTHING: FamilyState = { addresses: [], validUntilMs: Number.NEGATIVE_INFINITY };

/** Before the first answer. */
export const UNKNOWN_NAME: NameState = { ipv4: NOTHING, ipv6: NOTHING };

/** What is known after an answer. */
export function afterAnswer(state: NameState, answer: Answer, nowMs: number): NameState {
  return {
    ipv4: afterFamilyAnswer(state.ipv4, answer.ipv4, nowMs),
    ipv6: afterFamilyAnswer(state.ipv6, answer.ipv6, nowMs),
  };
}

function afterFamilyAnswer(state: FamilyState, answer: FamilyAnswer, nowMs: number): FamilyState {
  if (!("error" in answer)) {
    const validUntilMs = nowMs + clampTtl(answer.ttlSeconds) * 1000;
    return { addresses: answer.addresses, validUntilMs };
  }
  if (answer.error === "resolver_failed") return state;
  return { addresses: [], validUntilMs: nowMs + NEGATIVE_TTL_SECONDS * 1000 };
}

/** The addresses of a name as they stand, at most so many. */
export function resolutionOf(state: NameState, nowMs: number, limit: number): Resolution {
  const families = [state.ipv4, state.ipv6];
  const known = [...new Set(families.flatMap(({ addresses }) => addresses))].toSorted();
  const addresses = known.slice(0, limit);
  const valid = families.filter(({ validUntilMs }) => nowMs < validUntilMs);
  const usable = new Set(valid.flatMap((family) => family.addresses));
  const expired = addresses.filter((address) => !usable.has(address));
  const isSure = valid.length === families.length;
  const error = isSure ? "name_not_found" : "resolver_failed";
  return {
    addresses,
    expired,
    omitted: known.length - addresses.length,
    error: addresses.length > expired.length ? null : error,
  };
}

/** When what is known changes by the mere passing of time; infinite when it does not. */
export function nextExpiryMs({ ipv4, ipv6 }: NameState, nowMs: number): number {
  const ahead = [ipv4, ipv6].filter(({ validUntilMs }) => validUntilMs > nowMs);
  return Math.min(...ahead.map(({ validUntilMs }) => validUntilMs));
}

/** Milliseconds until the name is asked for again after an answer. */
export function askAgainAfterMs(state: NameState, answer: Answer, nowMs: number): number {
  const answers = [answer.ipv4, answer.ipv6];
  const found = answers.flatMap((it) =>
    "error" in it ? [] : [clampTtl(it.ttlSeconds) * REFRESH_AT],
  );
  const failed = answers.some((it) => "error" in it && it.error === "resolver_failed");
  const untilExpirySeconds = (nextExpiryMs(state, nowMs) - nowMs) / 1000;
  // Another try before what is known runs out.
  const retry = failed ? [Math.max(MIN_TTL_SECONDS, untilExpirySeconds / 2)] : [];
  const soonest = Math.min(...found, ...retry);
  const limited = failed || found.length === 0 ? Math.min(soonest, RETRY_SECONDS) : soonest;
  return limited * 1000;
}

function clampTtl(seconds: number): number {
  return Math.min(MAX_TTL_SECONDS, Math.max(MIN_TTL_SECONDS, seconds));
}
