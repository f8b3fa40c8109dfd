// `npm run docs`: writes the pages that are made from the code; `--check` only says whether they are stale.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, ensureInstalled, root } from "./install.mjs";

ensureInstalled();
build();

const { referencePage } = await import("../dist/config/reference.js");
const { probeTypes } = await import("../dist/probe-types.js");

const pages = [{ name: "docs/configuration.md", text: referencePage(probeTypes) }];

for (const { name, text } of pages) {
  const file = join(root, name);
  if (text === current(file)) console.log(`${name} is up to date`);
  else if (process.argv.includes("--check")) {
    console.error(`${name} is stale: run npm run docs`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, text);
    console.log(`${name} written`);
  }
}

function current(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
