import type { ConfigPath } from "./problem.ts";
import { isMap } from "./reading.ts";
import type { Reading } from "./reading.ts";
import type { RawSettings } from "./secret-files.ts";

/** Settings for a probe type that an entry of the file has, and where they stand. */
export interface Layer {
  readonly raw: RawSettings;
  readonly path: ConfigPath;
}

/** The settings of one entry, by probe type. */
export type Layers = ReadonlyMap<string, Layer>;

/** The settings of a module, an IP resource or a peer, with the files they name. */
export function layersOf({ environment, files }: Reading, entry: object, at: ConfigPath): Layers {
  const layers = new Map<string, Layer>();
  for (const { type } of environment.probeTypes) {
    const settings = (entry as Readonly<Record<string, unknown>>)[type];
    const path = [...at, type];
    if (isMap(settings)) layers.set(type, { raw: files.resolved(settings, path), path });
  }
  return layers;
}
