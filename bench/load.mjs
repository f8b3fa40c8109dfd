// Runs a load of probes and measures it, inside the process of a side.

/**
 * How many probes to run, and how: so many in flight all the time, or so many a second. They leave
 * from `sources` addresses, the first of which is 127.0.0.`source`.
 * @typedef {object} Load
 * @property {number} probes
 * @property {number} [inFlight]
 * @property {number} [perSecond]
 * @property {number} source
 * @property {number} sources
 */

/**
 * What came of it. The durations are those of the good probes.
 * @typedef {object} Measurement
 * @property {number} probes
 * @property {number} errors
 * @property {number} seconds
 * @property {number} cpuSeconds
 * @property {number} p50Ms
 * @property {number} p99Ms
 */

/** @typedef {(isGood: boolean, durationMs: number) => void} Finished */
/** @typedef {(number: number, load: Load, dueMs: number, finished: Finished) => void} Start */
/** @typedef {(atMs: number, callback: () => void) => unknown} At */

const IN_FLIGHT = 64;
export const TARGETS = 8;

/** The addresses of one probe of a load. @param {number} number @param {Load} load */
export function journey(number, { source, sources }) {
  return {
    source: `127.0.0.${source + (number % sources)}`,
    target: `127.0.0.${1 + (Math.floor(number / sources) % TARGETS)}`,
  };
}

/** @param {readonly number[]} sorted @param {number} q */
function quantile(sorted, q) {
  return sorted[Math.round(q * (sorted.length - 1))] ?? 0;
}

class LoadRun {
  /** @type {number[]} */
  durationsMs = [];
  beganMs = performance.now();
  #started = 0;
  #finished = 0;
  #load;
  #start;
  #at;

  /** @param {Load} load @param {Start} start @param {At} at */
  constructor(load, start, at) {
    this.#load = load;
    this.#start = start;
    this.#at = at;
  }

  /** @param {() => void} onFinished */
  begin(onFinished) {
    this.onFinished = onFinished;
    const { probes, inFlight = IN_FLIGHT, perSecond } = this.#load;
    if (perSecond !== undefined) this.#startDue();
    else for (let first = 0; first < Math.min(inFlight, probes); first++) this.#next();
  }

  get #dueMs() {
    const { perSecond = Infinity } = this.#load;
    return this.beganMs + (this.#started * 1000) / perSecond;
  }

  #startDue() {
    const { probes } = this.#load;
    while (this.#started < probes && this.#dueMs <= performance.now()) this.#next();
    if (this.#started < probes) {
      this.#at(this.#dueMs, () => {
        this.#startDue();
      });
    }
  }

  #next() {
    const { probes, perSecond } = this.#load;
    const dueMs = this.#dueMs;
    this.#start(this.#started++, this.#load, dueMs, (isGood, durationMs) => {
      if (isGood) this.durationsMs.push(durationMs);
      if (++this.#finished === probes) this.onFinished?.();
      else if (perSecond === undefined && this.#started < probes) this.#next();
    });
  }
}

/** @param {Load} load @param {Start} start @param {At} at @returns {Promise<Measurement>} */
async function run(load, start, at) {
  const cpu = process.cpuUsage();
  const loadRun = new LoadRun(load, start, at);
  await new Promise((resolve) => {
    loadRun.begin(() => {
      resolve(undefined);
    });
  });
  const { user, system } = process.cpuUsage(cpu);
  const sorted = loadRun.durationsMs;
  sorted.sort((one, other) => one - other);
  return {
    probes: load.probes,
    errors: load.probes - sorted.length,
    seconds: (performance.now() - loadRun.beganMs) / 1000,
    cpuSeconds: (user + system) / 1e6,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
  };
}

/** Answers every load that is sent to this process with its measurement. @param {Start} start @param {At} at */
export function serveLoads(start, at) {
  process.on("message", (load) => {
    void run(/** @type {Load} */ (load), start, at).then((measured) => process.send?.(measured));
  });
  process.on("disconnect", () => {
    process.exit();
  });
  process.send?.("ready");
}
