import { WireError } from "../wire/wire-error.ts";

/** One SMTP reply, complete (RFC 5321 section 4.2). Text is Latin-1: one character an octet. */
export interface Reply {
  readonly code: number;
  /** The text of each line, without code, separator and line end. */
  readonly lines: readonly string[];
  /** Enhanced status code of the first line that has one, such as `4.7.1` (RFC 2034, RFC 3463). */
  readonly enhanced: string | null;
}

/** What a reply may cost at most. RFC 5321 section 4.5.3.1.5 asks for 512 octets a line. */
export interface ReplyLimits {
  readonly lineOctets: number;
  readonly lines: number;
}

const enhancedCode = /^[245]\.\d{1,3}\.\d{1,3}(?![\d.])/;
const CR = 13;
const SPACE = 32;
const HYPHEN = 45;

/**
 * Reads replies from octets as they come. A line may end in LF alone, as clients have always
 * allowed; everything else that RFC 5321 section 4.2 forbids is a `WireError` as soon as it is seen.
 */
export class ReplyReader {
  readonly #limits: ReplyLimits;
  readonly #onLine: ((line: string) => void) | undefined;
  #text = "";
  #code = 0;
  #lines: string[] = [];
  #complete = false;
  #surplus = "";

  /** `onLine` hears of every line that is part of a reply, without its end, as soon as it is read. */
  constructor(limits: ReplyLimits, onLine?: (line: string) => void) {
    this.#limits = limits;
    this.#onLine = onLine;
  }

  /** Whether a reply is complete and can be taken. */
  get ready(): boolean {
    return this.#complete;
  }

  /** What followed the last reply before it was taken, unasked; cut at the length of a line. */
  get surplus(): string {
    return this.#surplus;
  }

  push(octets: Buffer): void {
    if (this.#complete) {
      this.#keepSurplus(octets.toString("latin1", 0, this.#limits.lineOctets));
      return;
    }
    this.#text += octets.toString("latin1");
    this.#advance();
  }

  /** The reply that is complete; the next octets begin another one. */
  take(): Reply {
    const lines = this.#lines;
    const reply = { code: this.#code, lines, enhanced: enhancedOf(lines) };
    this.#lines = [];
    this.#complete = false;
    return reply;
  }

  #advance(): void {
    let start = 0;
    while (!this.#complete) {
      const end = this.#text.indexOf("\n", start);
      if (end === -1) break;
      this.#line(start, end);
      start = end + 1;
    }
    const rest = this.#text.slice(start);
    this.#text = this.#complete ? "" : rest;
    this.#surplus = "";
    if (this.#complete) this.#keepSurplus(rest);
    else this.#checkBegun();
  }

  #keepSurplus(text: string): void {
    this.#surplus = (this.#surplus + text).slice(0, this.#limits.lineOctets);
  }

  /** A line that has only begun: what can no longer become a reply is an error before it ends. */
  #checkBegun(): void {
    const text = this.#text;
    checkStart(text);
    const open = text.length - Number(text.endsWith("\r"));
    this.#checkOctets(0, open, text.length);
  }

  #line(start: number, lf: number): void {
    const text = this.#text;
    const end = lf > start && text.charCodeAt(lf - 1) === CR ? lf - 1 : lf;
    const code = codeOf(text, start, end);
    this.#checkOctets(start, end, lf);
    if (this.#lines.length >= this.#limits.lines) {
      throw new WireError("limit", `a reply of more than ${this.#limits.lines} lines`);
    }
    if (this.#lines.length > 0 && code !== this.#code) {
      throw new WireError("protocol", `codes ${this.#code} and ${code} in one reply`);
    }
    this.#code = code;
    this.#lines.push(text.slice(start + 4, end));
    this.#onLine?.(text.slice(start, end));
    this.#complete = end - start === 3 || text.charCodeAt(start + 3) === SPACE;
  }

  /** `end` is where the text ends, `octetsEnd` where a CR at its end does. The first fault counts. */
  #checkOctets(start: number, end: number, octetsEnd: number): void {
    const { lineOctets } = this.#limits;
    const carriageReturn = this.#text.indexOf("\r", start);
    const stray = carriageReturn !== -1 && carriageReturn < end;
    if (stray && carriageReturn + 1 < start + lineOctets) {
      throw new WireError("protocol", "a carriage return inside a reply line");
    }
    if (octetsEnd - start > lineOctets) {
      throw new WireError("limit", `a reply line of more than ${lineOctets} octets`);
    }
  }
}

/** Reply-code = %x32-35 %x30-35 %x30-39 (RFC 5321 section 4.2), then space, hyphen or line end. */
function codeOf(text: string, start: number, end: number): number {
  const first = text.charCodeAt(start) - 48;
  const second = text.charCodeAt(start + 1) - 48;
  const third = text.charCodeAt(start + 2) - 48;
  const separator = end - start > 3 ? text.charCodeAt(start + 3) : SPACE;
  const valid =
    end - start >= 3 &&
    first >= 2 &&
    first <= 5 &&
    second >= 0 &&
    second <= 5 &&
    third >= 0 &&
    third <= 9 &&
    (separator === SPACE || separator === HYPHEN);
  if (!valid) throw new WireError("protocol", `no SMTP reply: ${text.slice(start, end)}`);
  return first * 100 + second * 10 + third;
}

/** The start of a line as far as it is there: three digits and a separator, or the line's end. */
function checkStart(text: string): void {
  const allowed = ["2345", "012345", "0123456789", " -\r\n"];
  const length = Math.min(text.length, allowed.length);
  for (let index = 0; index < length; index++) {
    if (!allowed[index]?.includes(text.charAt(index))) {
      throw new WireError("protocol", `no SMTP reply: ${text}`);
    }
  }
}

function enhancedOf(lines: readonly string[]): string | null {
  for (const line of lines) {
    const first = line.charCodeAt(0);
    if (first < 50 || first > 53) continue;
    const match = enhancedCode.exec(line);
    if (match !== null) return match[0];
  }
  return null;
}

/** The keywords of an EHLO answer in capitals, each with its parameters (section 4.1.1.1). */
export function ehloKeywords(reply: Reply): ReadonlyMap<string, string> {
  const keywords = new Map<string, string>();
  for (const line of reply.lines.slice(1)) {
    const space = line.indexOf(" ");
    const keyword = space === -1 ? line : line.slice(0, space);
    keywords.set(keyword.toUpperCase(), space === -1 ? "" : line.slice(space + 1));
  }
  return keywords;
}
