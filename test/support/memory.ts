import v8 from "node:v8";
import vm from "node:vm";

v8.setFlagsFromString("--expose-gc");
const collectGarbage = vm.runInNewContext("gc") as () => void;

/** Octets of memory, by who accounts for them. */
export interface Memory {
  /** Of the whole process, as the kernel sees it. */
  readonly resident: number;
  readonly heap: number;
  /** Buffers and what else lies beside the heap. */
  readonly external: number;
}

const KEYS = ["resident", "heap", "external"] as const;

function used(): Memory {
  const { rss, heapUsed, external } = process.memoryUsage();
  return { resident: rss, heap: heapUsed, external };
}

function combined(one: Memory, other: Memory, choose: (a: number, b: number) => number): Memory {
  const [resident = 0, heap = 0, external = 0] = KEYS.map((key) => choose(one[key], other[key]));
  return { resident, heap, external };
}

/** By how much memory grew at the most while `act` ran; garbage counts, since it has to fit too. */
export async function peakGrowth(act: () => Promise<unknown>): Promise<Memory> {
  collectGarbage();
  const before = used();
  let peak = before;
  const sampling = setInterval(() => {
    peak = combined(peak, used(), Math.max);
  }, 1);
  await act();
  clearInterval(sampling);
  return combined(combined(peak, used(), Math.max), before, (most, least) => most - least);
}

/** The smallest growth of several runs: what a run needs is there in each, all else is chance. */
export async function leastPeakGrowth(act: () => Promise<unknown>, runs: number): Promise<Memory> {
  const growth = await peakGrowth(act);
  if (runs <= 1) return growth;
  return combined(growth, await leastPeakGrowth(act, runs - 1), Math.min);
}
