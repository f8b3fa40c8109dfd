/** Longest text that is compared; what is longer is no slip of the pen. */
const COMPARED_LENGTH = 80;

/**
 * Edits between two texts: letters put in, left out, exchanged, or swapped with their neighbour
 * (optimal string alignment distance).
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let edits = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        edits = Math.min(edits, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(edits);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

/**
 * The candidate with the fewest edits from the word, the first of equals; null when none is within
 * `mostEdits`. One that begins with the word counts as one edit away: the rest was left out.
 */
export function nearest(
  word: string,
  candidates: Iterable<string>,
  mostEdits = Infinity,
): string | null {
  const compared = word.slice(0, COMPARED_LENGTH).toLowerCase();
  let best: string | null = null;
  let bestEdits = Infinity;
  for (const candidate of candidates) {
    const other = candidate.slice(0, COMPARED_LENGTH).toLowerCase();
    const isStart = compared.length > 1 && other.startsWith(compared);
    const edits = Math.min(editDistance(compared, other), isStart ? 1 : Infinity);
    if (edits < bestEdits && edits <= mostEdits) {
      best = candidate;
      bestEdits = edits;
    }
  }
  return best;
}
