import type { Phase } from "../errors.ts";
import type { ProbeSettings, ProbeType } from "../probe.ts";

/** The configuration as the agent uses it: defaults applied, names turned into references. */
export interface AgentConfig {
  readonly cluster: string;
  readonly node: string;
  readonly modules: ReadonlyMap<string, Module>;
  readonly ipResources: readonly IpResource[];
  readonly peers: readonly Peer[];
  readonly limits: Limits;
  readonly sourcePorts: PortRange;
  readonly metrics: MetricsConfig;
  readonly web: { readonly allowAnyTarget: boolean };
  readonly alerting: { readonly alertmanagers: readonly { readonly url: string }[] };
}

/** When a path is due: a cron expression in a time zone, or a fixed interval. */
export type Schedule =
  | { readonly kind: "cron"; readonly expression: string; readonly timezone: string | null }
  | { readonly kind: "every"; readonly everyMs: number };

/** Named probe settings. */
export interface Module {
  readonly name: string;
  readonly probeType: ProbeType;
  readonly schedule: Schedule;
  /** How often a failing path runs instead; null keeps the schedule. */
  readonly whileFailingMs: number | null;
  /** The whole probe's limit. */
  readonly timeoutMs: number;
  /** Limits of single phases, within the whole. */
  readonly phaseTimeoutsMs: Readonly<Partial<Record<Phase, number>>>;
  /** Whether outbound paths have a control path from the node's own address. */
  readonly control: boolean;
  /** The probe type's settings before anything is laid over them. */
  readonly settings: ProbeSettings;
}

export interface IpResource {
  readonly name: string;
  /** Canonical text of an IPv4 or IPv6 address. */
  readonly address: string;
  readonly inbound: readonly ModuleUse[];
}

export interface Peer {
  readonly name: string;
  /** A host name, or the canonical text of an address. */
  readonly host: string;
  /** What runs from which IP resource: one entry for each pair of module and IP resource. */
  readonly outbound: readonly OutboundUse[];
}

/** A module as used in one place: its settings with that place's own laid over. */
export interface ModuleUse {
  readonly module: Module;
  readonly settings: ProbeSettings;
}

export interface OutboundUse extends ModuleUse {
  /** The IP resource it leaves from; null on a control path. */
  readonly ipResource: Pick<IpResource, "name" | "address"> | null;
}

export interface Limits {
  readonly probesInFlight: number;
  readonly probesPerSecondPerSource: number;
  /** Per address that is dialled, inbound ones too. */
  readonly probesPerSecondPerPeer: number;
  /** Bytes read from the other side in one probe. */
  readonly bytesPerProbe: number;
  /** Addresses of one peer's name that are probed; the rest is left out and counted. */
  readonly addressesPerPeer: number;
  /** Per-path series held at most. */
  readonly series: number;
}

/** Local ports from which source-bound probes leave, both ends included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export interface MetricsConfig {
  /** Upper bounds of `mta_probe_duration_seconds` in seconds; empty turns the histogram off. */
  readonly durationBuckets: readonly number[];
}
