import { parseAddress } from "./addresses.ts";
import { layersOf } from "./layers.ts";
import type { Layers } from "./layers.ts";
import type { IpResource } from "./model.ts";
import type { ModuleUses } from "./module-uses.ts";
import type { Modules } from "./modules.ts";
import type { ConfigPath } from "./problem.ts";
import { listEntries } from "./reading.ts";
import type { Reading } from "./reading.ts";
import { references, takenBy, uniqueNames } from "./references.ts";

/** An IP resource with what paths from it need. */
export interface Source {
  readonly resource: IpResource;
  readonly family: 4 | 6;
  readonly layers: Layers;
  readonly path: ConfigPath;
}

/** The IP resources of a file. */
export interface IpResources {
  /** What may be referred to: IP resources with problems too. */
  readonly names: ReadonlySet<string>;
  readonly sources: readonly Source[];
  readonly byName: ReadonlyMap<string, Source>;
  /** Those that can reach an address of this family. */
  readonly byFamily: Readonly<Record<4 | 6, readonly Source[]>>;
}

/** Turns the section `ip_resources` into IP resources. */
export function readIpResources(reading: Reading, modules: Modules, uses: ModuleUses): IpResources {
  const { file, problems } = reading;
  const entries = listEntries(file.ip_resources, ["ip_resources"]);
  const names = uniqueNames(reading, entries);
  const owners = new Map<string, ConfigPath>();
  const sources = entries.flatMap(({ value: entry, path }): readonly Source[] => {
    const isSound = !problems.isUnsound(path);
    const inbound = { value: entry.inbound, path: [...path, "inbound"] };
    const used = references(reading, inbound, "module", modules.names);
    const layers = layersOf(reading, entry, path);
    const address = parseAddress(entry.address);
    if (address === null) return [];
    const owner = owners.get(address.text);
    if (owner !== undefined) {
      problems.add([...path, "address"], takenBy("address", address.text, owner));
      return [];
    }
    owners.set(address.text, path);
    if (!isSound) return [];
    const resource: IpResource = {
      name: entry.name,
      address: address.text,
      inbound: used.flatMap(({ value: name }) => {
        const draft = modules.drafts.get(name);
        const use = draft === undefined ? null : uses.use(draft, layers, null);
        return use === null ? [] : [use];
      }),
    };
    return [{ resource, family: address.family, layers, path }];
  });
  return {
    names,
    sources,
    byName: new Map(sources.map((source) => [source.resource.name, source])),
    byFamily: {
      4: sources.filter(({ family }) => family === 4),
      6: sources.filter(({ family }) => family === 6),
    },
  };
}
