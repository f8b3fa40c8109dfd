import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { referencePage } from "../../src/config/reference.ts";
import { probeTypes } from "../../src/probe-types.ts";
import { testEnvironment, warningsOf } from "./test-environment.ts";
import { testProbeTypes } from "./test-probe-types.ts";

describe("the reference page", () => {
  it("is the one in docs (npm run docs writes it)", () => {
    const file = join(import.meta.dirname, "../../docs/configuration.md");
    expect(readFileSync(file, "utf8")).toBe(referencePage(probeTypes));
  });

  it("has an example that is valid", () => {
    const example = /```yaml\n(.*?)```/s.exec(referencePage(probeTypes))?.[1] ?? "";
    expect(example).toContain("ip_resources:");
    expect(warningsOf(example, { ...testEnvironment, probeTypes })).toEqual([]);
  });

  it("shows every probe type with settings, phases and metrics", () => {
    const page = referencePage(testProbeTypes);
    expect(page).toContain("### Probe type `x400`\n\nBinds.\n");
    expect(page).toContain("| `port` | a whole number from 1 to 65535 | required | Port. |");
    expect(page).toContain(
      "| `starttls` | off, opportunistic or required | `opportunistic` | STARTTLS. |",
    );
    expect(page).toContain(
      "| `credentials.password_file` | the path of a file that the agent can read |  | Password. |",
    );
    expect(page).toContain("Phases: `resolve`, `source`, `connect`.");
    expect(page).toContain("| `mta_smtp_reply_code` |  | Reply code. |");
  });
});
