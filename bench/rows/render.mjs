// Row 7: a scrape of a million series, by a program of its own.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { judged } from "../table.mjs";

const run = promisify(execFile);

export async function render() {
  const program = join(import.meta.dirname, "..", "render.mjs");
  const { stdout } = await run(process.execPath, [program, "--json"], { timeout: 600_000 });
  /** @type {{ series: number, ratio: number, ratioTarget: number, gapMs: number, worstGapMs: number, gapTargetMs: number, scrapeMs: number, promClientMs: number }} */
  const figures = JSON.parse(stdout);
  const { gapMs, gapTargetMs, worstGapMs, scrapeMs, promClientMs, ratioTarget } = figures;
  return [
    judged({
      row: "7",
      what: `scrape of ${figures.series} series, agent / prom-client`,
      agent: `${scrapeMs} ms`,
      rival: `${promClientMs} ms`,
      ratio: figures.ratio,
      atMost: ratioTarget,
    }),
    {
      row: "7",
      what: "longest gap of the event loop meanwhile",
      agent: `${gapMs} ms`,
      rival: `${promClientMs} ms`,
      ratio: null,
      target: `<= ${gapTargetMs} ms`,
      met: gapMs <= gapTargetMs,
      note: `the longest gap of all rounds was ${worstGapMs} ms`,
    },
  ];
}
