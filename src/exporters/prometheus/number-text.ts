/** Octets of the longest number: a sign, 16 digits, a point and 9 decimals. */
export const NUMBER_OCTETS = 27;

/** Where the number rendered last stands, right-aligned; overwritten by the next one. */
export const digits = new Uint8Array(NUMBER_OCTETS);

const BILLION = 1e9;
const SCALES = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
const ZERO = 48;
const POINT = 46;
const MINUS = 45;

/**
 * Renders `value` into the end of `digits`, in a way that both exposition formats read, and returns
 * the index of its first octet. With `decimals`, at most 9, every finite value has exactly that
 * many, so that its text keeps its width and the noise of floating point is cut off; with null it is
 * exact: whole numbers as digits, others in the shortest form that reads back as the same value.
 */
export function renderNumber(value: number, decimals: number | null): number {
  const size = Math.abs(value);
  if (size <= Number.MAX_SAFE_INTEGER) {
    if (decimals !== null) return renderFixed(value, size, decimals);
    if (Number.isInteger(value)) return signed(value, renderWhole(size, NUMBER_OCTETS));
  }
  return renderText(valueText(value));
}

function renderFixed(value: number, size: number, decimals: number): number {
  const scale = SCALES[decimals] ?? 1;
  let whole = Math.floor(size);
  let fraction = Math.round((size - whole) * scale);
  if (fraction === scale) {
    whole++;
    fraction = 0;
  }
  let at = NUMBER_OCTETS;
  if (decimals > 0) {
    at = putDigits(fraction, at, decimals);
    digits[--at] = POINT;
  }
  return signed(value, renderWhole(whole, at));
}

/** A whole number up to 2^53 in two halves, for the quick arithmetic of 32-bit integers. */
function renderWhole(whole: number, end: number): number {
  if (whole < BILLION) return putDigits(whole, end, 1);
  const upper = Math.floor(whole / BILLION);
  return putDigits(upper, putDigits(whole - upper * BILLION, end, 9), 1);
}

/** Writes a whole number below 2^31 that ends before `end`, with leading zeros up to `width`. */
function putDigits(number: number, end: number, width: number): number {
  let rest = number | 0;
  let at = end;
  const widest = end - width;
  while (rest > 0 || at > widest) {
    const tenth = (rest / 10) | 0;
    digits[--at] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  return at;
}

function signed(value: number, start: number): number {
  if (value >= 0) return start;
  digits[start - 1] = MINUS;
  return start - 1;
}

/** A number in the shortest form that reads back as the same value, spelled for Prometheus. */
export function valueText(value: number): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return String(value);
}

function renderText(text: string): number {
  const start = NUMBER_OCTETS - text.length;
  for (let i = 0; i < text.length; i++) digits[start + i] = text.charCodeAt(i);
  return start;
}
