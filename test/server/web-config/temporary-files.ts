import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder for the running test; gone when it ends. Returns the function that writes into it. */
export function temporaryFiles(): (name: string, text: string) => string {
  const folder = mkdtempSync(join(tmpdir(), "web-config-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return (name, text) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
}
