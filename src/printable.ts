/** Text from the network as far as people may see it: the longest that is shown, in characters. */
const PRINTABLE_LIMIT = 200;

// All that a terminal, a log reader or a page could take for more than text: control and format
// characters (bidirectional ones among them), line separators, lone surrogates.
const unsafe = /\p{Cc}|\p{Cf}|\p{Cs}|[\u2028\u2029\\]/gu;
const ascii = /^[\u0020-\u005b\u005d-\u007e]*$/;
const octets = /^[\p{ASCII}\u0080-\u00ff]*$/u;
// A sequence of UTF-8 that a cut may have broken, and the first half of a pair of surrogates.
const cutSequence = /(?:[\u00c0-\u00ff][\u0080-\u00bf]{0,3}|[\ud800-\udbff])$/;
const utf8 = new TextDecoder("utf-8", { fatal: true });

function escaped(character: string): string {
  if (character === "\\") return "\\\\";
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

/** Octets kept as Latin-1 become the UTF-8 they spell; any other octet above 0x7f is escaped. */
function safe(text: string): string {
  if (!octets.test(text)) return text.replace(unsafe, escaped);
  try {
    return utf8.decode(Buffer.from(text, "latin1")).replace(unsafe, escaped);
  } catch {
    return text.replace(/[\u0080-\u00ff]|\p{Cc}|\\/gu, escaped);
  }
}

/**
 * Text from the network made fit for a log, a page or a terminal: control, bidirectional and
 * invisible characters escaped, and cut at `limit` characters with an ellipsis. Text that holds
 * one octet a character is read as UTF-8 where it is.
 */
export function printable(text: string, limit = PRINTABLE_LIMIT): string {
  if (text.length <= limit) return ascii.test(text) ? text : safe(text);
  return `${safe(text.slice(0, limit).replace(cutSequence, ""))}…`;
}
