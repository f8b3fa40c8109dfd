// Row 7: a scrape of a million series over HTTP against prom-client's registry.metrics() on the same
// series, and the longest time for which the scrape keeps the event loop from anything else.
// node bench/render.mjs [--json] [--series=N] [--rounds=N]; needs `npm run build` before.
import { fork } from "node:child_process";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** @typedef {{ ranMs: number, longestGapMs: number, cpuMs: number, residentMb: number }} Report */
/** @typedef {{ series?: number, rounds?: number, log?: (line: string) => void }} Options */

const RATIO_TARGET = 0.015;
const GAP_TARGET_MS = 5;
/** As render-side.mjs makes them. */
const SERIES_PER_PATH = 26;

/** A side in a process of its own, once it has its series. @param {string} name @param {number} paths */
async function start(name, paths) {
  const program = fileURLToPath(new URL("render-side.mjs", import.meta.url));
  const child = fork(program, [name, String(paths)], { execArgv: ["--max-old-space-size=12288"] });
  /** @type {Promise<never>} */
  const died = new Promise((_, reject) => {
    child.once("exit", () => {
      reject(new Error(`the side ${name} has ended`));
    });
  });
  died.catch(() => {});
  /** @returns {Promise<unknown>} */
  const nextMessage = () => {
    const message = new Promise((resolve) => {
      child.once("message", resolve);
    });
    return Promise.race([message, died]);
  };
  const ready = /** @type {{ port: number, updateNs: number }} */ (await nextMessage());
  return {
    ...ready,
    stop: () => {
      child.kill();
    },
    /** @param {"run" | "report"} question */
    async ask(question) {
      child.send(question);
      return /** @type {Report} */ (await nextMessage());
    },
  };
}

/**
 * Milliseconds from the request to the last octet, and the octets.
 * @param {number} port @param {string} accept @returns {Promise<{ ms: number, octets: number }>}
 */
function scrape(port, accept) {
  return new Promise((resolve, reject) => {
    let octets = 0;
    const onread = {
      buffer: Buffer.allocUnsafe(1_048_576),
      /** @param {number} count */
      callback(count) {
        octets += count;
        return true;
      },
    };
    const beganMs = performance.now();
    const socket = connect({ host: "127.0.0.1", port, onread });
    socket.on("error", reject);
    socket.on("close", () => {
      resolve({ ms: performance.now() - beganMs, octets });
    });
    const headers = `Host: localhost\r\nAccept: ${accept}\r\nConnection: close`;
    socket.write(`GET /metrics HTTP/1.1\r\n${headers}\r\n\r\n`);
  });
}

/** @param {readonly number[]} numbers @returns {number} */
function median(numbers) {
  const half = numbers.length / 2;
  const isMiddle = (/** @type {number} */ number) =>
    numbers.filter((other) => other < number).length < half &&
    numbers.filter((other) => other > number).length <= half;
  return numbers.find(isMiddle) ?? Number.NaN;
}

/** @param {number} number @param {number} digits */
const rounded = (number, digits) => Number(number.toFixed(digits));

/** Runs the row and returns its figures. @param {Options} [options] */
export async function renderBench({ series = 1_000_000, rounds = 5, log = () => {} } = {}) {
  const paths = Math.ceil(series / SERIES_PER_PATH);
  log(`making ${paths * SERIES_PER_PATH} series, twice`);
  const agent = await start("agent", paths);
  const rival = await start("prom-client", paths);

  const round = async () => {
    const before = await agent.ask("report");
    const text = await scrape(agent.port, "text/plain");
    const after = await agent.ask("report");
    const openMetrics = await scrape(agent.port, "application/openmetrics-text");
    const { ranMs: promClientMs } = await rival.ask("run");
    const figures = {
      scrapeMs: text.ms,
      openMetricsScrapeMs: openMetrics.ms,
      scrapeCpuMs: after.cpuMs - before.cpuMs,
      promClientMs,
      gapMs: after.longestGapMs,
      residentMb: after.residentMb,
      megaOctets: text.octets / 1e6,
    };
    log(JSON.stringify(figures));
    return figures;
  };
  /** @param {number} count @returns {Promise<Awaited<ReturnType<typeof round>>[]>} */
  const measure = async (count) =>
    count === 0 ? [] : [await round(), ...(await measure(count - 1))];

  await scrape(agent.port, "text/plain");
  const measured = await measure(rounds);
  agent.stop();
  rival.stop();
  /** @param {keyof (typeof measured)[number]} figure */
  const of = (figure) => median(measured.map((each) => each[figure]));
  const ratio = of("scrapeMs") / of("promClientMs");
  const gapMs = of("gapMs");
  return {
    row: 7,
    series: paths * SERIES_PER_PATH,
    ratio: rounded(ratio, 4),
    ratioTarget: RATIO_TARGET,
    gapMs: rounded(gapMs, 1),
    worstGapMs: rounded(Math.max(...measured.map((each) => each.gapMs)), 1),
    gapTargetMs: GAP_TARGET_MS,
    holds: ratio <= RATIO_TARGET && gapMs <= GAP_TARGET_MS,
    scrapeMs: rounded(of("scrapeMs"), 1),
    openMetricsScrapeMs: rounded(of("openMetricsScrapeMs"), 1),
    scrapeCpuMs: rounded(of("scrapeCpuMs"), 1),
    promClientMs: rounded(of("promClientMs"), 1),
    megaOctets: rounded(of("megaOctets"), 1),
    residentMb: rounded(of("residentMb"), 0),
    updateNs: rounded(agent.updateNs, 0),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      series: { type: "string", default: "1000000" },
      rounds: { type: "string", default: "5" },
    },
  });
  const result = await renderBench({
    series: Number(values.series),
    rounds: Number(values.rounds),
    ...(values.json ? {} : { log: console.error }),
  });
  console.log(JSON.stringify(result, null, values.json ? 0 : 2));
}
