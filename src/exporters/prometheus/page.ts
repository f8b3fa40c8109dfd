import { digits, NUMBER_OCTETS, renderNumber } from "./number-text.ts";
import type { Loan } from "./piece-writer.ts";
import type { RowText } from "./row-shape.ts";

/** Octets of text in a page, unless a single row needs more. */
export const PAGE_OCTETS = 65_536;

/** Lines in a page at most. */
export const PAGE_LINES = 512;

// The places of a row lie together, because an update needs all of them: where the row starts in
// the page, and for each line where its value ends within the row and how many octets it has.

const START = 0;
const END = 1;
const WIDTH = 2;
const PLACES_PER_LINE = 2;

/** The start of a row that does not exist. */
const FREE = -1;

const NO_TEXT: Buffer = Buffer.alloc(0);

/**
 * Text of rows, ready to be sent. A row is a block of lines, equally many in every row of a page,
 * each with a value at its end that is overwritten in place; the text behind a value moves only
 * when its width changes. A row keeps room for its widest values, so it never leaves its page. A
 * removed row leaves a gap, which is closed when the text is lent or the room is needed; a page
 * without rows then gives its memory back.
 */
export class Page {
  readonly #capacity: number;
  #text = NO_TEXT;
  /** Readers of `#text`; while there are any it is not written to. */
  #loans = 0;
  /** Decimals of the value of each line of a row. */
  readonly #decimals: readonly (number | null)[];
  readonly #placesPerRow: number;
  readonly #places: Int32Array;
  readonly #freeRows: number[] = [];
  #rows = 0;
  #used = 0;
  #reserved = 0;
  #hasGaps = false;

  constructor(octets: number, decimals: readonly (number | null)[]) {
    this.#capacity = octets;
    this.#decimals = decimals;
    this.#placesPerRow = 1 + PLACES_PER_LINE * decimals.length;
    const rows = Math.ceil(PAGE_LINES / decimals.length);
    this.#places = new Int32Array(rows * this.#placesPerRow);
  }

  /** Whether a row has room here in its widest form. */
  fits({ widestOctets }: RowText): boolean {
    const hasRow =
      this.#freeRows.length > 0 || this.#rows * this.#placesPerRow < this.#places.length;
    return hasRow && this.#reserved + widestOctets <= this.#capacity;
  }

  /** Adds a row that `fits` and returns its number. */
  add({ text, octets, widestOctets, values }: RowText): number {
    if (this.#used + octets > this.#capacity) this.#closeGaps();
    this.#makeWritable();
    const row = this.#freeRows.pop() ?? this.#rows++;
    this.#text.write(text, this.#used);
    this.#places.set([this.#used, ...values], row * this.#placesPerRow);
    this.#used += octets;
    this.#reserved += widestOctets;
    return row;
  }

  /** Overwrites the value of one line of a row. */
  set(row: number, line: number, value: number): void {
    const first = renderNumber(value, this.#decimals[line] ?? null);
    const at = row * this.#placesPerRow;
    const own = at + line * PLACES_PER_LINE;
    const change = NUMBER_OCTETS - first - this.#place(own + WIDTH);
    this.#makeWritable();
    if (change !== 0) this.#resize(row, line, change);
    const text = this.#text;
    const shift = this.#place(at + START) + this.#place(own + END) - NUMBER_OCTETS;
    for (let i = first; i < NUMBER_OCTETS; i++) text[shift + i] = digits[i] ?? 0;
  }

  /** Removes a row; its number may be given to another one. */
  remove(row: number): void {
    this.#reserved -= this.#widestOctets(row);
    this.#places[row * this.#placesPerRow + START] = FREE;
    this.#freeRows.push(row);
    this.#hasGaps = true;
  }

  /** Lends the text as it stands; the next change is made in a copy unless the loan has ended. */
  lend(): Loan {
    if (this.#hasGaps) this.#closeGaps();
    const text = this.#text;
    this.#loans++;
    return {
      octets: text.subarray(0, this.#used),
      end: () => {
        if (this.#text === text) this.#loans--;
      },
    };
  }

  toString(): string {
    if (this.#hasGaps) this.#closeGaps();
    return this.#text.toString("utf8", 0, this.#used);
  }

  /** Sees to a text that may be changed: the first one, or a copy of one that is lent. */
  #makeWritable(): void {
    if (this.#loans === 0 && this.#text !== NO_TEXT) return;
    const text = Buffer.allocUnsafeSlow(this.#capacity);
    this.#text.copy(text, 0, 0, this.#used);
    this.#replaceText(text);
  }

  /** The text before it is left to its readers. */
  #replaceText(text: Buffer): void {
    this.#text = text;
    this.#loans = 0;
  }

  /** Makes a value wider or narrower: everything behind it in the page moves. */
  #resize(row: number, line: number, change: number): void {
    if (this.#used + change > this.#capacity) this.#closeGaps();
    const at = row * this.#placesPerRow;
    const next = at + this.#placesPerRow;
    const own = at + line * PLACES_PER_LINE;
    const start = this.#place(at + START);
    const end = start + this.#place(own + END);
    this.#text.copyWithin(end + change, end, this.#used);
    this.#used += change;
    this.#move(own + WIDTH, change);
    for (let place = own + END; place < next; place += PLACES_PER_LINE) this.#move(place, change);
    for (let other = 0; other < this.#rows; other++) {
      const place = other * this.#placesPerRow + START;
      if (this.#place(place) > start) this.#move(place, change);
    }
  }

  #closeGaps(): void {
    this.#makeWritable();
    const rows = Array.from({ length: this.#rows }, (_, row) => row)
      .filter((row) => this.#start(row) !== FREE)
      .toSorted((a, b) => this.#start(a) - this.#start(b));
    this.#used = 0;
    for (const row of rows) {
      const start = this.#start(row);
      const octets = this.#octets(row);
      if (this.#used !== start) this.#text.copyWithin(this.#used, start, start + octets);
      this.#places[row * this.#placesPerRow + START] = this.#used;
      this.#used += octets;
    }
    this.#hasGaps = false;
    if (rows.length === 0) this.#replaceText(NO_TEXT);
  }

  #octets(row: number): number {
    const lastLine = this.#decimals.length - 1;
    const end = row * this.#placesPerRow + lastLine * PLACES_PER_LINE + END;
    return this.#place(end) + 1;
  }

  #widestOctets(row: number): number {
    const at = row * this.#placesPerRow;
    let octets = this.#octets(row);
    for (let place = at + WIDTH; place < at + this.#placesPerRow; place += PLACES_PER_LINE) {
      octets += NUMBER_OCTETS - this.#place(place);
    }
    return octets;
  }

  #start(row: number): number {
    return this.#place(row * this.#placesPerRow + START);
  }

  #place(index: number): number {
    return this.#places[index] ?? 0;
  }

  #move(index: number, by: number): void {
    this.#places[index] = this.#place(index) + by;
  }
}
