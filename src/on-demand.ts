import { isIP } from "node:net";
import type { Module } from "./config/model.ts";
import { ProbeFailure } from "./errors.ts";
import type { ProbeResult } from "./events.ts";
import type { FamilyAnswer, Lookup } from "./inventory/resolution.ts";
import type { ProbeSettings } from "./probe.ts";
import type { Runner } from "./runner.ts";

/** One probe now, outside the schedule. */
export interface OnDemandProbe {
  /** A host name, or the canonical text of an address. */
  readonly host: string;
  readonly port: number;
  readonly module: Module;
  readonly settings: ProbeSettings;
  readonly source: string | null;
  readonly timeoutMs: number;
  /**
   * The address to dial, out of those that the host has in the family of the source; null when none
   * of them may be. Asked at most once, right before the address is dialled.
   */
  readonly choose: (addresses: readonly [string, ...string[]]) => string | null;
}

export interface OnDemandAnswer {
  readonly result: ProbeResult;
  /** The address that was dialled; empty when there was none. */
  readonly address: string;
  /** Whether `choose` chose none: then nothing was sent, and the result means nothing. */
  readonly refused: boolean;
}

/** Runs one probe now. A host name is looked up first, which is the probe's phase `resolve`. */
export async function probeOnDemand(
  runner: Runner,
  lookup: Lookup,
  probe: OnDemandProbe,
): Promise<OnDemandAnswer> {
  const { host, port, module, settings, source, timeoutMs, choose } = probe;
  const known = isIP(host) === 0 ? null : choose([host]);
  let address = known ?? "";
  let refused = known === null && isIP(host) !== 0;
  let ended = false;
  const resolve = async (): Promise<string> => {
    const addresses = refused ? null : await addressesOf(lookup, host, source);
    // The answer may come when the probe's time has long been over.
    const chosen = addresses === null || ended ? null : choose(addresses);
    refused = chosen === null;
    if (chosen === null) {
      throw new ProbeFailure("administratively_prohibited", `${host} may not be dialled`);
    }
    address = chosen;
    return chosen;
  };
  const result = await runner.run({
    type: module.probeType,
    settings,
    target: { host, address: known, port, source, resolve },
    timeoutMs,
    phaseTimeoutsMs: module.phaseTimeoutsMs,
  });
  ended = true;
  return { result, address, refused };
}

/** The host's addresses that can be reached from the source: IPv4 before IPv6 where there are both. */
async function addressesOf(
  lookup: Lookup,
  host: string,
  source: string | null,
): Promise<readonly [string, ...string[]]> {
  const { ipv4, ipv6 } = await lookup(host);
  const family = source === null ? 0 : isIP(source);
  const answers: readonly FamilyAnswer[] = { 0: [ipv4, ipv6], 4: [ipv4], 6: [ipv6] }[family] ?? [];
  const [first, ...others] = answers.flatMap((it) => ("error" in it ? [] : it.addresses));
  if (first !== undefined) return [first, ...others];
  const kind = family === 0 ? "address" : `IPv${family} address`;
  const failed = answers.some((it) => "error" in it && it.error === "resolver_failed");
  if (failed) throw new ProbeFailure("resolver_failed", `no answer for ${host}`, null, "resolve");
  throw new ProbeFailure("name_not_found", `${host} has no ${kind}`, null, "resolve");
}
