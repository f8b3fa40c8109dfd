import type { ModuleUse } from "./model.ts";
import type { ModuleDraft } from "./modules.ts";
import type { Layer, Layers } from "./layers.ts";
import { laidOver } from "./overlay.ts";
import type { ConfigPath, Problems } from "./problem.ts";
import { quoted } from "./problem.ts";
import { isMap } from "./reading.ts";
import type { RawSettings } from "./secret-files.ts";
import { parseSettings } from "./settings.ts";

/**
 * Modules as they are used: the module's settings, an IP resource's over them, a peer's on top.
 * Every combination is parsed once, as a whole.
 */
export class ModuleUses {
  readonly #problems: Problems;
  readonly #known = new Map<string, Map<Layer | null, Map<Layer | null, ModuleUse | null>>>();

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  /** The module with these layers, lowest first; null when they do not go together. */
  use(draft: ModuleDraft, resource: Layers | null, peer: Layers | null): ModuleUse | null {
    const { name, probeType } = draft.module;
    const low = resource?.get(probeType.type) ?? null;
    const high = peer?.get(probeType.type) ?? null;
    const ofModule = entryOf(this.#known, name, () => new Map());
    const ofLow = entryOf(ofModule, low, () => new Map<Layer | null, ModuleUse | null>());
    return entryOf(ofLow, high, () => this.#combined(draft, low, high));
  }

  #combined(draft: ModuleDraft, low: Layer | null, high: Layer | null): ModuleUse | null {
    const { module, raw } = draft;
    const layers = [low, high].filter((layer) => layer !== null);
    if (layers.length === 0) return { module, settings: module.settings };
    const { settings: schema, type } = module.probeType;
    const merged = layers.reduce<unknown>(
      (under, layer) => laidOver(schema, under, layer.raw),
      raw,
    );
    const parsed = parseSettings(module.probeType, merged);
    if (parsed.ok) return { module, settings: parsed.settings };
    const together = `${type} laid over module ${quoted(module.name)}`;
    for (const { path, problem } of parsed.found) {
      this.#problems.add(placeOf(path, layers), `${together} ${problem}`);
    }
    return null;
  }
}

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** Where to show a problem of a combination: the topmost layer that has a say in it. */
function placeOf(path: ConfigPath, layers: readonly Layer[]): ConfigPath {
  const layer = layers.findLast(({ raw }) => hasValueAt(raw, path)) ?? layers.at(-1);
  return [...(layer?.path ?? []), ...path];
}

function hasValueAt(root: RawSettings, path: ConfigPath): boolean {
  let value: unknown = root;
  for (const step of path) {
    if (!isMap(value) || !(step in value)) return false;
    value = value[step];
  }
  return true;
}
