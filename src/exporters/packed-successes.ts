import { PHASES, type Phase } from "../errors.ts";
import type { PhaseTiming, ProbeResult } from "../events.ts";

/** A result and its place in the order of all results of its path. */
export interface OrderedResult {
  readonly order: number;
  readonly result: ProbeResult;
}

const ORDER = 0;
const DURATION = 1;
const FIRST_PHASE = 2;
const FIELDS = FIRST_PHASE + PHASES.length;

/** In place of the duration of a phase that the probe did not pass. */
const NOT_PASSED = 0xffff_ffff;

const INDEX_OF_PHASE = Object.fromEntries(PHASES.map((phase, index) => [phase, index])) as Readonly<
  Record<Phase, number>
>;

/**
 * The last successes of one path, kept as numbers: when, how long, and how long in which phase, in
 * whole microseconds. As objects they would cost ten times the memory, and the garbage collector a
 * copy of each. What the peer said is not kept, nor what was measured beside time.
 */
export class PackedSuccesses {
  readonly #capacity: number;
  readonly #startedAtMs: Float64Array;
  readonly #fields: Uint32Array;
  readonly #localAddresses: string[] = [];
  #added = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#startedAtMs = new Float64Array(capacity);
    this.#fields = new Uint32Array(capacity * FIELDS);
  }

  /** Keeps a success in place of the oldest one. */
  add({ order, result }: OrderedResult): void {
    const slot = this.#added % this.#capacity;
    this.#added += 1;
    this.#startedAtMs[slot] = result.startedAtMs;
    this.#localAddresses[slot] = result.localAddress;
    const fields = this.#fields;
    const start = slot * FIELDS;
    fields[start + ORDER] = order;
    fields[start + DURATION] = microseconds(result.durationSeconds);
    fields.fill(NOT_PASSED, start + FIRST_PHASE, start + FIELDS);
    for (const { phase, durationSeconds } of result.phases) {
      const field = start + FIRST_PHASE + INDEX_OF_PHASE[phase];
      const before = fields[field] ?? NOT_PASSED;
      fields[field] = microseconds(durationSeconds) + (before === NOT_PASSED ? 0 : before);
    }
  }

  /** What is kept, newest first. */
  list(): readonly OrderedResult[] {
    const kept = Math.min(this.#added, this.#capacity);
    return Array.from({ length: kept }, (_, age) => this.#read(age));
  }

  #read(age: number): OrderedResult {
    const slot = (this.#added - 1 - age) % this.#capacity;
    const fields = this.#fields.subarray(slot * FIELDS, (slot + 1) * FIELDS);
    const result: ProbeResult = {
      outcome: "success",
      startedAtMs: this.#startedAtMs[slot] ?? 0,
      durationSeconds: (fields[DURATION] ?? 0) / 1e6,
      phases: phaseTimings(fields.subarray(FIRST_PHASE)),
      failure: null,
      warnings: [],
      facts: [],
      info: {},
      transcript: [],
      localAddress: this.#localAddresses[slot] ?? "",
    };
    return { order: fields[ORDER] ?? 0, result };
  }
}

function microseconds(seconds: number): number {
  return Math.min(Math.round(seconds * 1e6), NOT_PASSED - 1);
}

function phaseTimings(durations: Uint32Array): readonly PhaseTiming[] {
  return PHASES.flatMap((phase, index) => {
    const duration = durations[index] ?? NOT_PASSED;
    return duration === NOT_PASSED ? [] : [{ phase, durationSeconds: duration / 1e6 }];
  });
}
