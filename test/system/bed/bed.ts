import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { inTurn } from "./in-turn.ts";

type Cleanup = () => unknown;

/** What one group of tests stands on: a folder of its own, and all that has to end with it. */
export interface Bed {
  /** A temporary folder that every user may enter: daemons drop their rights. */
  readonly folder: string;
  /** Called when the tests of the group are over, the last one added first. */
  atEnd(cleanup: Cleanup): void;
}

const folderPrefix = "mta-exporter-bed-";

/** A folder that tells whose it is; those of processes that are gone were left by a crash. */
function createFolder(): string {
  for (const name of readdirSync(tmpdir())) {
    const owner = name.startsWith(folderPrefix) && name.slice(folderPrefix.length).split("-")[0];
    if (owner && !existsSync(`/proc/${owner}`)) {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    }
  }
  const folder = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`));
  chmodSync(folder, 0o755);
  return folder;
}

/** Makes the bed of the `describe` block that calls it, and clears it away after its last test. */
export function useBed(): Bed {
  const cleanups: Cleanup[] = [];
  let folder: string | null = null;

  afterAll(async () => {
    const errors: unknown[] = [];
    // The last one first: a process must be gone before its folder is.
    await inTurn(cleanups.toReversed(), async (cleanup) => {
      try {
        await cleanup();
      } catch (error) {
        errors.push(error);
      }
    });
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
    if (errors.length > 0) throw new AggregateError(errors, "the bed was not cleared away");
  });

  return {
    get folder() {
      folder ??= createFolder();
      return folder;
    },
    atEnd(cleanup) {
      cleanups.push(cleanup);
    },
  };
}
