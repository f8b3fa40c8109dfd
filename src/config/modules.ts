import { PHASES } from "../errors.ts";
import type { ProbeSettings, ProbeType } from "../probe.ts";
import { listed } from "./allowed.ts";
import { parseDuration } from "./duration.ts";
import { layersOf } from "./layers.ts";
import type { Module, Schedule } from "./model.ts";
import type { ConfigPath } from "./problem.ts";
import { quoted } from "./problem.ts";
import { isMap, section } from "./reading.ts";
import type { Reading } from "./reading.ts";
import { DEFAULT_EVERY } from "./schema.ts";
import type { DefaultsEntry, ModuleEntry } from "./schema.ts";
import { addObjections } from "./schema-problems.ts";
import type { RawSettings } from "./secret-files.ts";
import { parseSettings } from "./settings.ts";
import { isName, NAME_TEXT } from "./values.ts";

/** A module with the settings that others are laid over. */
export interface ModuleDraft {
  readonly module: Module;
  readonly raw: RawSettings;
}

/** The modules of a file and those that are there without being written. */
export interface Modules {
  /** What may be referred to: modules with problems too. */
  readonly names: ReadonlySet<string>;
  readonly drafts: ReadonlyMap<string, ModuleDraft>;
}

/** Turns the sections `defaults` and `modules` into modules. */
export function readModules(reading: Reading): Modules {
  const { file, environment } = reading;
  const written = isMap(file.modules) ? Object.entries(file.modules) : [];
  checkPace(reading, file.defaults, ["defaults"]);
  const defaults = section(reading, "defaults");
  const drafts = new Map<string, ModuleDraft>();
  for (const probeType of environment.probeTypes) {
    const draft = builtIn(probeType, defaults);
    if (draft !== null) drafts.set(probeType.type, draft);
  }
  const names = new Set([...drafts.keys(), ...written.map(([name]) => name)]);
  for (const [name, entry] of written) {
    const draft = isMap(entry) ? readModule(reading, name, entry, defaults) : null;
    if (draft === null) drafts.delete(name);
    else drafts.set(name, draft);
  }
  return { names, drafts };
}

type Pace = Pick<DefaultsEntry, "schedule" | "every" | "timezone">;
type Defaults = ReturnType<typeof section<"defaults">>;

function builtIn(probeType: ProbeType, defaults: Defaults): ModuleDraft | null {
  const parsed = parseSettings(probeType, {});
  if (!parsed.ok) return null;
  return { raw: {}, module: moduleOf(probeType.type, probeType, {}, defaults, parsed.settings) };
}

function readModule(
  reading: Reading,
  name: string,
  entry: ModuleEntry,
  defaults: Defaults,
): ModuleDraft | null {
  const { problems, environment } = reading;
  const path = ["modules", name];
  if (!isName(name)) problems.add(path, `must be ${NAME_TEXT}`, "key");
  checkPace(reading, entry, path);
  const probeType = environment.probeTypes.find(({ type }) => type === entry.prober);
  if (probeType !== undefined) checkOwnKeys(reading, entry, probeType, path);
  const isSound = !problems.isUnsound(path);
  const layers = layersOf(reading, entry, path);
  if (probeType === undefined || !isSound) return null;
  const raw = layers.get(probeType.type)?.raw ?? {};
  const parsed = parseSettings(probeType, raw);
  if (!parsed.ok) {
    addObjections(problems, [...path, probeType.type], parsed.found);
    return null;
  }
  return { raw, module: moduleOf(name, probeType, entry, defaults, parsed.settings) };
}

function moduleOf(
  name: string,
  probeType: ProbeType,
  entry: Omit<ModuleEntry, "prober">,
  defaults: Defaults,
  settings: ProbeSettings,
): Module {
  const whileFailing = entry.while_failing ?? defaults.while_failing;
  const phaseTimeouts = Object.entries(entry.phase_timeouts ?? {});
  return {
    name,
    probeType,
    schedule: scheduleOf(entry, defaults),
    whileFailingMs: whileFailing === undefined ? null : milliseconds(whileFailing.every),
    timeoutMs: milliseconds(entry.timeout ?? defaults.timeout),
    phaseTimeoutsMs: Object.fromEntries(
      phaseTimeouts.map(([phase, limit]) => [phase, milliseconds(limit)]),
    ),
    control: entry.control ?? defaults.control,
    settings,
  };
}

function scheduleOf(own: Pace, defaults: Pace): Schedule {
  const ownPace = own.schedule !== undefined || own.every !== undefined;
  const { schedule, every = DEFAULT_EVERY } = ownPace ? own : defaults;
  if (schedule === undefined) return { kind: "every", everyMs: milliseconds(every) };
  const timezone = own.timezone ?? defaults.timezone ?? null;
  return { kind: "cron", expression: schedule, timezone };
}

/** A duration that the schema has accepted. */
function milliseconds(text: string): number {
  return parseDuration(text) ?? 0;
}

function checkPace({ problems }: Reading, pace: Pace | undefined, path: ConfigPath): void {
  if (isMap(pace) && pace.schedule !== undefined && pace.every !== undefined) {
    problems.add([...path, "every"], "excludes schedule: only one of the two is allowed", "key");
  }
}

/** Settings and phases of another probe type have no place in a module. */
function checkOwnKeys(
  { problems, environment }: Reading,
  entry: ModuleEntry,
  probeType: ProbeType,
  path: ConfigPath,
): void {
  for (const { type } of environment.probeTypes) {
    if (type === probeType.type || !(type in entry)) continue;
    const allowed = `with prober ${probeType.type} the settings' key is ${quoted(probeType.type)}`;
    problems.add([...path, type], `does not belong here: ${allowed}`, "key");
  }
  const phases: readonly string[] = probeType.phases;
  const others = PHASES.filter((phase) => !phases.includes(phase));
  for (const phase of others) {
    if (!isMap(entry.phase_timeouts) || !(phase in entry.phase_timeouts)) continue;
    const where = [...path, "phase_timeouts", phase];
    const allowed = `must be a phase of ${probeType.type}: ${listed(phases, "or")}`;
    problems.add(where, allowed, "key");
  }
}
