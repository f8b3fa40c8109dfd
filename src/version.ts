import { readFileSync } from "node:fs";

interface Package {
  readonly version: string;
}

const file = new URL("../package.json", import.meta.url);

/** The version of the package that is running. */
export const VERSION = (JSON.parse(readFileSync(file, "utf8")) as Package).version;
