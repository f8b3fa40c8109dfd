import { isIP } from "node:net";
import type { Module } from "./config/model.ts";
import { ProbeFailure } from "./errors.ts";
import type { ProbeResult } from "./events.ts";
import type { Lookup } from "./inventory/resolution.ts";
import type { ProbeSettings } from "./probe.ts";
import type { Runner } from "./runner.ts";

/** One probe now, outside the schedule. */
export interface OnDemandProbe {
  readonly host: string;
  readonly port: number;
  readonly module: Module;
  readonly settings: ProbeSettings;
  readonly source: string | null;
  readonly timeoutMs: number;
  /** Whether the address may be dialled; asked once the host is known as an address. */
  readonly permit: (address: string) => boolean;
}

export interface OnDemandAnswer {
  readonly result: ProbeResult;
  /** The address that was to be dialled; empty when the host has none. */
  readonly address: string;
  /** Whether `permit` refused it, so that nothing was sent. */
  readonly refused: boolean;
}

/** Runs one probe now. A host name is looked up first, which is the probe's phase `resolve`. */
export async function probeOnDemand(
  runner: Runner,
  lookup: Lookup,
  probe: OnDemandProbe,
): Promise<OnDemandAnswer> {
  const { host, port, module, settings, source, timeoutMs, permit } = probe;
  let address = "";
  let refused = false;
  const resolve = async (): Promise<string> => {
    address = isIP(host) === 0 ? await resolved(lookup, host, source) : host;
    refused = !permit(address);
    if (refused) throw new ProbeFailure("administratively_prohibited", "not a configured target");
    return address;
  };
  const known = isIP(host) !== 0 && permit(host) ? host : null;
  if (known !== null) address = known;
  const result = await runner.run({
    type: module.probeType,
    settings,
    target: { host, address: known, port, source, resolve },
    timeoutMs,
    phaseTimeoutsMs: module.phaseTimeoutsMs,
  });
  return { result, address, refused };
}

/** The first address in the family of the source; IPv4 before IPv6 when there is none. */
async function resolved(lookup: Lookup, host: string, source: string | null): Promise<string> {
  const answer = await lookup(host);
  if ("error" in answer) {
    const detail =
      answer.error === "name_not_found" ? `${host} has no address` : `no answer for ${host}`;
    throw new ProbeFailure(answer.error, detail, null, "resolve");
  }
  const family = source === null ? 0 : isIP(source);
  const fitting = answer.addresses
    .filter((address) => family === 0 || isIP(address) === family)
    .toSorted((one, other) => isIP(one) - isIP(other));
  const [first] = fitting;
  if (first === undefined) {
    throw new ProbeFailure(
      "name_not_found",
      `${host} has no IPv${family} address`,
      null,
      "resolve",
    );
  }
  return first;
}
