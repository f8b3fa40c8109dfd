import { parseAddress } from "./addresses.ts";
import type { IpResources, Source } from "./ip-resources.ts";
import { layersOf } from "./layers.ts";
import type { Layers } from "./layers.ts";
import type { OutboundUse, Peer } from "./model.ts";
import type { ModuleUses } from "./module-uses.ts";
import type { ModuleDraft, Modules } from "./modules.ts";
import type { ConfigPath } from "./problem.ts";
import { quoted } from "./problem.ts";
import { listEntries, section } from "./reading.ts";
import type { Entry, Reading } from "./reading.ts";
import { references, uniqueNames } from "./references.ts";
import type { PeerEntry } from "./schema.ts";

/** A peer whose references are found, before its pairs are made. */
interface PeerDraft {
  readonly entry: PeerEntry;
  readonly path: ConfigPath;
  readonly host: string;
  readonly layers: Layers;
  readonly modules: readonly ModuleDraft[];
  readonly sources: readonly Source[];
}

/** A peer, and where the file has it. */
export interface PlacedPeer {
  readonly peer: Peer;
  readonly path: ConfigPath;
}

/** Turns the section `peers` into peers, each with the pairs of module and IP resource it needs. */
export function readPeers(
  reading: Reading,
  modules: Modules,
  ipResources: IpResources,
  uses: ModuleUses,
): readonly PlacedPeer[] {
  const entries = listEntries(reading.file.peers, ["peers"]);
  uniqueNames(reading, entries);
  const drafts = entries.flatMap((entry) => readPeer(reading, entry, modules, ipResources));
  if (hasTooManyPaths(reading, drafts, ipResources)) return [];
  return drafts.map((draft) => ({ peer: peerOf(draft, uses), path: draft.path }));
}

function readPeer(
  reading: Reading,
  { value: entry, path }: Entry<PeerEntry>,
  modules: Modules,
  ipResources: IpResources,
): readonly PeerDraft[] {
  const { problems } = reading;
  const isSound = !problems.isUnsound(path);
  const outbound = { value: entry.outbound, path: [...path, "outbound"] };
  const used = references(reading, outbound, "module", modules.names);
  const only = { value: entry.ip_resources, path: [...path, "ip_resources"] };
  const named = references(reading, only, "IP resource", ipResources.names);
  const layers = layersOf(reading, entry, path);
  if (!isSound) return [];
  const address = parseAddress(entry.host);
  const family = address?.family ?? null;
  const wanted = entry.ip_resources === undefined ? null : named;
  const sources = sourcesFor(reading, ipResources, wanted, family);
  if (used.length > 0 && wanted === null && sources.length === 0) {
    reportUnreachable(reading, family, path);
  }
  return [
    {
      entry,
      path,
      host: address?.text ?? entry.host,
      layers,
      modules: used.flatMap(({ value }) => modules.drafts.get(value) ?? []),
      sources,
    },
  ];
}

/** The IP resources that can reach a host: those named, or all; a literal's family must be theirs. */
function sourcesFor(
  { problems }: Reading,
  { sources, byName, byFamily }: IpResources,
  wanted: readonly Entry<string>[] | null,
  family: 4 | 6 | null,
): readonly Source[] {
  if (wanted === null) return family === null ? sources : byFamily[family];
  return wanted.flatMap(({ value, path }) => {
    const source = byName.get(value);
    if (source === undefined) return [];
    if (family === null || source.family === family) return [source];
    const name = quoted(value);
    const allowed = `only IP resources with an IPv${family} address reach this peer's host`;
    problems.add(path, `${name} has an IPv${source.family} address; ${allowed}`);
    return [];
  });
}

/** Nothing in the whole file can reach a peer: said unless IP resources are unclear themselves. */
function reportUnreachable({ problems }: Reading, family: 4 | 6 | null, path: ConfigPath): void {
  if (problems.isUnsound(["ip_resources"])) return;
  const kind = family === null ? "IP resource" : `IP resource with an IPv${family} address`;
  const reason = `no ${kind} is configured that could reach this peer`;
  problems.add([...path, "host"], `${reason}; add one, or leave out outbound`);
}

function peerOf(draft: PeerDraft, uses: ModuleUses): Peer {
  const { entry, host, layers, modules, sources } = draft;
  const outbound: OutboundUse[] = [];
  for (const module of modules) {
    for (const { layers: below, resource } of sources) {
      const use = uses.use(module, below, layers);
      if (use !== null) outbound.push({ ...use, ipResource: resource });
    }
    const control = hasControl(draft, module) ? uses.use(module, null, layers) : null;
    if (control !== null) outbound.push({ ...control, ipResource: null });
  }
  return { name: entry.name, host, outbound };
}

function hasControl({ entry }: PeerDraft, { module }: ModuleDraft): boolean {
  return entry.control ?? module.control;
}

/** Counts the paths before they are made: each holds several series, and memory for them. */
function hasTooManyPaths(
  reading: Reading,
  drafts: readonly PeerDraft[],
  { sources }: IpResources,
): boolean {
  const { series } = section(reading, "limits");
  let count = sources.reduce((sum, { resource }) => sum + resource.inbound.length, 0);
  for (const draft of drafts) {
    const controls = draft.modules.filter((module) => hasControl(draft, module)).length;
    count += draft.modules.length * draft.sources.length + controls;
  }
  if (count <= series) return false;
  const advice = "probe fewer peers, or name each one's ip_resources";
  reading.problems.add(
    ["peers"],
    `make ${count} paths, more than limits.series (${series}); ${advice}`,
    "key",
  );
  return true;
}
