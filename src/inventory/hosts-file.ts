import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { canonicalAddress } from "./target.ts";

/** The addresses of names that the host itself fixes, by name in lower case. */
type Entries = ReadonlyMap<string, ReadonlySet<string>>;

/** The hosts file (hosts(5)), read anew whenever it is asked. One that cannot be read is empty. */
export class HostsFile {
  readonly #path: string;
  #reading: Promise<Entries> | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** The addresses of a name in the file's order; those who ask at the same time share one reading. */
  async addresses(host: string): Promise<readonly string[]> {
    this.#reading ??= this.#read();
    const entries = await this.#reading;
    return [...(entries.get(host.toLowerCase()) ?? [])];
  }

  async #read(): Promise<Entries> {
    try {
      return parse(await readFile(this.#path, "utf8"));
    } catch {
      return new Map();
    } finally {
      this.#reading = null;
    }
  }
}

function parse(text: string): Entries {
  const entries = new Map<string, Set<string>>();
  for (const line of text.split("\n")) {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (isIP(address) === 0) continue;
    for (const name of names.map((written) => written.toLowerCase())) {
      const known = entries.get(name);
      if (known === undefined) entries.set(name, new Set([canonicalAddress(address)]));
      else known.add(canonicalAddress(address));
    }
  }
  return entries;
}
