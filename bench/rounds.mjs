// Rounds: every side has its turn in each of them, so that what else happens on the host hits all.

/** @import { Side } from "./sides.mjs" */
/** @import { Load, Measurement } from "./load.mjs" */

/**
 * Does one thing after the other.
 * @template T, R
 * @param {readonly T[]} items
 * @param {(item: T) => Promise<R>} act
 * @returns {Promise<R[]>}
 */
export async function inTurn(items, act) {
  if (items.length === 0) return [];
  const [first, ...rest] = items;
  return [await act(first), ...(await inTurn(rest, act))];
}

/**
 * @template {string} Name
 * @param {number} rounds
 * @param {Record<Name, { readonly side: Side, readonly load: Load }>} turns
 * @returns {Promise<Record<Name, Measurement[]>>}
 */
export async function interleaved(rounds, turns) {
  const names = /** @type {Name[]} */ (Object.keys(turns));
  const measured = await inTurn(Array.from({ length: rounds }), () =>
    inTurn(names, async (name) => turns[name].side.run(turns[name].load)),
  );
  const columns = names.map((name, column) => [name, measured.map((round) => round[column])]);
  return /** @type {Record<Name, Measurement[]>} */ (Object.fromEntries(columns));
}

/** @param {readonly number[]} numbers */
export function median(numbers) {
  const sorted = [...numbers];
  sorted.sort((one, other) => one - other);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

/**
 * The median of the ratios of each round.
 * @param {readonly Measurement[]} ours @param {readonly Measurement[]} theirs
 * @param {(measured: Measurement) => number} figure
 */
export function ratio(ours, theirs, figure) {
  return median(
    ours.map((measured, round) => {
      const rival = theirs[round];
      return rival === undefined ? Number.NaN : figure(measured) / figure(rival);
    }),
  );
}

/** Milliseconds of CPU for one probe. @param {Measurement} measured */
export const cpuMs = ({ cpuSeconds, probes }) => (cpuSeconds * 1000) / probes;

/** @param {readonly Measurement[]} all */
export const errorsOf = (all) => all.reduce((sum, { errors }) => sum + errors, 0);
