import { afterEach, expect, it, vi } from "vitest";
import { probeTypes } from "../src/probe-types.ts";

const argv = process.argv;

afterEach(() => {
  process.argv = argv;
  process.exitCode = undefined;
  vi.restoreAllMocks();
  vi.resetModules();
});

interface Ran {
  readonly code: typeof process.exitCode;
  readonly output: string;
  readonly errors: string;
}

interface Spy {
  readonly mock: { readonly calls: readonly unknown[][] };
}

const written = ({ mock }: Spy): string => mock.calls.map(([text]) => String(text)).join("");

async function run(...args: readonly string[]): Promise<Ran> {
  const output = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const errors = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  process.argv = ["node", "mta-exporter", ...args];
  await import("../src/main.ts");
  return { code: process.exitCode, output: written(output), errors: written(errors) };
}

it("names the commands there are when one is unknown", async () => {
  const { code, errors } = await run("chekc", "mta-exporter.yml");
  expect(code).toBe(2);
  expect(errors).toContain("no command 'chekc': there are run, demo, check, ");
});

it("asks the default command for its configuration file", async () => {
  const { code, errors } = await run("--log.level=debug");
  expect(code).toBe(2);
  expect(errors).toContain("'--config.file <file>'");
});

it("names every built-in module in the help of probe", async () => {
  const { code, output } = await run("probe", "--help");
  expect(code).toBe(0);
  const [, names] = /built in:\s+([a-z0-9,\s]+?)\n\s+--/.exec(output) ?? [];
  expect(names?.split(/,\s+/)).toEqual(probeTypes.map(({ type }) => type));
});

it("takes it well when whoever reads the output goes away", async () => {
  await run("schema");
  const error = Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
  expect(() => process.stdout.emit("error", error)).not.toThrow();
});
