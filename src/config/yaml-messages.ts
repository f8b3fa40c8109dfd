import type { ErrorCode } from "yaml";

const NO_REFERENCES = "anchors, aliases and tags are not allowed; write the value out";

/** Own words for every error of the YAML parser: its messages may quote the file, secrets too. */
const messages: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: NO_REFERENCES,
  BAD_ALIAS: NO_REFERENCES,
  BAD_COLLECTION_TYPE: NO_REFERENCES,
  BAD_DIRECTIVE: "only the directive %YAML 1.2 is allowed",
  BAD_DQ_ESCAPE:
    "no such escape in double quotes; write \\\\ for a backslash, or put the text in single quotes",
  BAD_INDENT:
    "the indentation does not fit: the keys of one map start in the same column, and brackets are closed",
  BAD_PROP_ORDER: NO_REFERENCES,
  BAD_SCALAR_START: "text cannot start with this character; put it in quotes",
  BLOCK_AS_IMPLICIT_KEY:
    "a map or list cannot start here; begin it on the next line, or put the text in quotes",
  BLOCK_IN_FLOW: "inside [ ] and { } maps and lists are written in brackets too",
  DUPLICATE_KEY: "this key is there already; a key is allowed once in a map",
  IMPOSSIBLE: "this is not YAML",
  KEY_OVER_1024_CHARS: "a key has at most 1024 characters",
  MISSING_CHAR:
    "a closing quote or bracket, a comma, a colon or a blank is missing here or in the lines before",
  MULTILINE_IMPLICIT_KEY: "a key and its colon stand on one line",
  MULTIPLE_ANCHORS: NO_REFERENCES,
  MULTIPLE_DOCS: "a second document; a file is one document",
  MULTIPLE_TAGS: NO_REFERENCES,
  NON_STRING_KEY: "a key is text; maps and lists are not allowed as keys",
  RESOURCE_EXHAUSTION: "nested deeper than a configuration can be",
  TAB_AS_INDENT: "tabs are not allowed as indentation; use blanks",
  TAG_RESOLVE_FAILED: NO_REFERENCES,
  UNEXPECTED_TOKEN: "nothing is expected here; check indentation, quotes and brackets before it",
};

/** What is wrong, and what is allowed, for a code of the YAML parser. */
export function yamlMessage(code: ErrorCode): string {
  return messages[code];
}

/** The message for what refers to, or stands for, something else in the file. */
export const NO_YAML_REFERENCES = NO_REFERENCES;
