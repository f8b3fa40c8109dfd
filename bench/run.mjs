// `npm run bench`: the agent beside Debian's blackbox_exporter, prom-client, node-cron and a C client
// of our own. Only ratios within one run count: sides take turns, and what else the host does hits
// all of them.
//
//   npm run bench -- [--rows 1,2,3] [--json FILE]
import { writeFileSync } from "node:fs";
import { arch, cpus, release } from "node:os";
import { parseArgs } from "node:util";
import { build, ensureInstalled } from "../scripts/install.mjs";
import { inTurn } from "./rounds.mjs";
import { fidelity } from "./rows/fidelity.mjs";
import { render } from "./rows/render.mjs";
import { schedule } from "./rows/schedule.mjs";
import { throughput } from "./rows/throughput.mjs";
import { timeWait } from "./rows/time-wait.mjs";
import { tableText } from "./table.mjs";
import { blackboxExporter, compile } from "./tools.mjs";

/** @import { Row } from "./table.mjs" */

/** @type {readonly { rows: readonly string[], program: (blackbox: string | null) => Promise<Row[]> }[]} */
const parts = [
  { rows: ["1", "2", "3"], program: throughput },
  { rows: ["5"], program: fidelity },
  { rows: ["7"], program: render },
  { rows: ["8"], program: schedule },
  { rows: ["11"], program: timeWait },
];
const everyRow = parts.flatMap(({ rows }) => rows);

const { values } = parseArgs({
  options: { rows: { type: "string" }, json: { type: "string" } },
});
const wanted = values.rows?.split(",") ?? everyRow;
const unknown = wanted.filter((row) => !everyRow.includes(row));
if (unknown.length > 0) {
  console.error(`no such row: ${unknown.join(", ")}; there are ${everyRow.join(", ")}`);
  process.exit(2);
}

if (process.env["MTA_EXPORTER_DIST"] === undefined) {
  ensureInstalled();
  build();
}
compile();
const blackbox = blackboxExporter();

const chosen = parts.filter(({ rows }) => rows.some((row) => wanted.includes(row)));
const measured = await inTurn(chosen, ({ rows, program }) => {
  console.error(`measuring row ${rows.join(", ")}`);
  return program(blackbox);
});
const rows = measured.flat().filter(({ row }) => wanted.includes(row));

console.log(tableText(rows));
if (values.json !== undefined) {
  const host = { node: process.version, kernel: release(), arch: arch(), cpus: cpus().length };
  writeFileSync(values.json, `${JSON.stringify({ host, rows }, null, 2)}\n`);
}
