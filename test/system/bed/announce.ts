import { writeSync } from "node:fs";

/** Tells whoever runs the tests what they do to the machine; one line. */
export function announce(line: string): void {
  writeSync(2, `system tests: ${line}\n`);
}
