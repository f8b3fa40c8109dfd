/** Text from the network as far as people may see it: the longest that is shown, in characters. */
export const PRINTABLE_LIMIT = 200;

// All that a terminal, a log reader or a page could take for more than text: control and format
// characters (bidirectional ones among them), line separators, lone surrogates.

const unsafe = /\p{Cc}|\p{Cf}|\p{Cs}|[\u2028\u2029\\]/gu;
const plain = /^[\u0020-\u005b\u005d-\u007e]*$/;

function escaped(character: string): string {
  if (character === "\\") return "\\\\";
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

/**
 * Text from the network made fit for a log, a page or a terminal: control, bidirectional and
 * invisible characters escaped, and cut at `limit` characters with an ellipsis.
 */
export function printable(text: string, limit = PRINTABLE_LIMIT): string {
  if (text.length <= limit && plain.test(text)) return text;
  const cut = text.length > limit ? text.slice(0, limit) : text;
  const safe = cut.replace(unsafe, escaped);
  return text.length > limit ? `${safe}…` : safe;
}
