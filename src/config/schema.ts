import { z } from "zod";
import { PHASES } from "../errors.ts";
import type { ProbeType } from "../probe.ts";
import { checkedText, worded } from "./allowed.ts";
import { overlaySchema } from "./overlay.ts";
import {
  alertmanagerUrl,
  duration,
  host,
  ipAddress,
  name,
  NAME_PATTERN,
  nameOf,
  portRange,
  timezone,
} from "./values.ts";

/** The pace of paths when the file says nothing. */
export const DEFAULT_EVERY = "60s";

/** What is wrong with a cron expression; null when nothing is. */
export type CronCheck = (expression: string) => string | null;

/**
 * The schema of a configuration file with these probe types. Types, validation, the JSON Schema
 * and the reference page all come from it. It changes no value; what takes more than one key to
 * judge is judged where the file is turned into an `AgentConfig`.
 */
export function configSchema(probeTypes: readonly ProbeType[], validCron: CronCheck) {
  const overlays = settingsByType(probeTypes, (type) =>
    overlaySchema(type.settings)
      .optional()
      .describe(`Settings for \`${type.type}\` modules, laid over the module's own.`),
  );
  return z.strictObject({
    cluster: name.default("mta").describe("The MTA cluster: label `mta_cluster` of every series."),
    node: name.optional().describe("This node: label `mta_node`. Without it, the host name."),
    defaults: defaultsSchema(validCron).prefault({}).describe("What holds for every module."),
    modules: z
      // A key that is no name is refused later: here it would hide what is wrong below it.
      .record(z.string().meta({ pattern: NAME_PATTERN }), moduleSchema(probeTypes, validCron))
      .default({})
      .describe(
        "Named probe settings. What a module leaves out, it takes from `defaults`. A module named " +
          "after each probe type is there without being written, if it needs no settings.",
      ),
    ip_resources: z
      .array(ipResourceSchema(overlays))
      .default([])
      .describe("Addresses of the MTA that can move between nodes."),
    peers: z.array(peerSchema(overlays)).default([]).describe("Remote MTAs."),
    limits: limitsSchema.prefault({}).describe("What the agent never exceeds."),
    source_ports: portRange
      .default("61000-65535")
      .describe(
        "Local ports from which outbound probes leave. Best outside the kernel's own range, " +
          "`net.ipv4.ip_local_port_range`.",
      ),
    metrics: metricsSchema.prefault({}).describe("What is exposed."),
    web: webSchema.prefault({}).describe("The HTTP interface."),
    alerting: alertingSchema.prefault({}).describe("Where the agent sends alerts itself."),
  });
}

/** A configuration file as written, once the schema has accepted it. */
export type ConfigFile = z.input<ReturnType<typeof configSchema>>;
export type ModuleEntry = NonNullable<ConfigFile["modules"]>[string];
export type PeerEntry = NonNullable<ConfigFile["peers"]>[number];
export type DefaultsEntry = NonNullable<ConfigFile["defaults"]>;

function settingsByType(
  probeTypes: readonly ProbeType[],
  schemaOf: (type: ProbeType) => z.ZodType,
): object {
  return Object.fromEntries(probeTypes.map((type) => [type.type, schemaOf(type)]));
}

function paceShape(validCron: CronCheck) {
  const cron = checkedText({
    allowed: "a cron expression of five fields, or six with seconds first",
    accepts: (text) => validCron(text) ?? true,
  });
  return {
    schedule: cron
      .optional()
      .describe("When a round of probes starts, as a cron expression. Excludes `every`."),
    every: duration.optional().describe("Time between two probes of a path. Excludes `schedule`."),
    timezone: timezone.optional().describe("Time zone of `schedule`. Without it, the host's."),
    while_failing: z
      .strictObject({ every: duration.describe("Time between two probes of a failing path.") })
      .optional()
      .describe("Another pace while a path fails: faster to see the end, or slower to be kind."),
  };
}

const timeout = duration.describe("Limit of a whole probe.");
const control = z
  .boolean()
  .describe(
    "Whether outbound probes also run from the node's own address, as control paths to compare with.",
  );

function defaultsSchema(validCron: CronCheck) {
  return z.strictObject({
    ...paceShape(validCron),
    timeout: timeout.default("10s"),
    control: control.default(false),
  });
}

const phaseTimeouts = worded(
  z.partialRecord(z.enum(PHASES), duration),
  "a map from phases of the probe type to durations",
);

function moduleSchema(probeTypes: readonly ProbeType[], validCron: CronCheck) {
  const settings = settingsByType(probeTypes, (type) =>
    type.settings
      .strict()
      .optional()
      .describe(`Settings of the probe type; only with \`prober: ${type.type}\`.`),
  );
  return z.strictObject({
    prober: z.enum(probeTypes.map(({ type }) => type)).describe("The probe type."),
    ...paceShape(validCron),
    timeout: timeout.optional(),
    phase_timeouts: phaseTimeouts
      .optional()
      .describe("Limits of single phases of the probe type, within `timeout`."),
    control: control.optional(),
    ...settings,
  });
}

const moduleNames = worded(z.array(nameOf("a module")), "a list of module names");
const ipResourceNames = worded(
  z.array(nameOf("an IP resource")).min(1),
  "a list of at least one IP resource's name",
);

function ipResourceSchema(overlays: object) {
  return z.strictObject({
    name: name.describe("Label `ip_resource`."),
    address: ipAddress.describe("Its address: label `address`, and the source of its probes."),
    inbound: moduleNames.optional().describe("Modules that must answer on this address."),
    ...overlays,
  });
}

function peerSchema(overlays: object) {
  return z.strictObject({
    name: name.describe("Label `peer`."),
    host: host.describe("Its name or address. Every A and AAAA record is a path of its own."),
    outbound: moduleNames.optional().describe("Modules that run from IP resources to this peer."),
    ip_resources: ipResourceNames
      .optional()
      .describe("The IP resources that they run from. Without it, all."),
    control: control.optional().describe("Overrides the modules' `control` for this peer."),
    ...overlays,
  });
}

const limitsSchema = z.strictObject({
  probes_in_flight: z.int().min(1).max(100_000).default(1000).describe("Probes at the same time."),
  probes_per_second_per_source: z
    .number()
    .positive()
    .default(25)
    .describe("Probes a second that leave from one address."),
  probes_per_second_per_peer: z
    .number()
    .positive()
    .default(10)
    .describe("Probes a second that go to one address, an IP resource's too."),
  bytes_per_probe: z
    .int()
    .min(1024)
    .max(16_777_216)
    .default(65_536)
    .describe("Bytes read from the other side in one probe."),
  addresses_per_peer: z
    .int()
    .min(1)
    .max(256)
    .default(16)
    .describe("Addresses of one peer's name that are probed; further ones are counted."),
  series: z
    .int()
    .min(1000)
    .max(10_000_000)
    .default(2_000_000)
    .describe("Per-path series held at most."),
});

const ascendingSeconds = worded(
  z
    .array(z.number().positive())
    .min(1)
    .check(({ value, issues }) => {
      const index = value.findIndex((bound, at) => at > 0 && bound <= (value[at - 1] ?? 0));
      if (index === -1) return;
      const message = `must be above ${value[index - 1]}, the bucket before it`;
      issues.push({ code: "custom", path: [index], message, input: value[index] });
    }),
  "a list of ascending numbers above 0",
);

const metricsSchema = z.strictObject({
  duration_buckets: z
    .union([ascendingSeconds, z.literal("off")])
    .default([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])
    .describe(
      "Upper bounds of `mta_probe_duration_seconds` in seconds; `off` leaves the histogram out.",
    ),
});

const webSchema = z.strictObject({
  allow_any_target: z
    .boolean()
    .default(false)
    .describe("Whether `/probe` also takes targets that are not in this file."),
});

const alertingSchema = z.strictObject({
  alertmanagers: z
    .array(
      z.strictObject({ url: alertmanagerUrl.describe("Its base URL, any path prefix included.") }),
    )
    .default([])
    .describe("Alertmanagers; each gets every alert."),
});
