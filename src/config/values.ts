import type { z } from "zod";
import { isHostName, readAddress } from "./addresses.ts";
import { checkedText } from "./allowed.ts";
import { DURATION_PATTERN, formatDuration, parseDuration } from "./duration.ts";
import { nearest } from "./nearest.ts";
import { MIN_PORTS, parsePortRange } from "./port-range.ts";

/** Longest duration: what is longer does not fit the host's timers. */
const LONGEST_MS = 7 * 86_400_000;

/** Source of the regular expression that names match, for the JSON Schema too. */
export const NAME_PATTERN = "^[A-Za-z0-9._:/@-]{1,63}$";
const nameSyntax = new RegExp(NAME_PATTERN);

/** Whether a text can name a cluster, node, module, IP resource or peer: names become labels. */
export function isName(text: string): boolean {
  return nameSyntax.test(text);
}

/** What a name may be, in words. */
export const NAME_TEXT = "a name of 1 to 63 letters, digits and . _ - : / @";

export const name = checkedText({ allowed: NAME_TEXT, accepts: isName, pattern: NAME_PATTERN });

/** A name that something of this kind must have. */
export function nameOf(kind: string): z.ZodString {
  const allowed = `the name of ${kind}`;
  return checkedText({ allowed, accepts: isName, pattern: NAME_PATTERN });
}

export const duration = checkedText({
  allowed: `a duration up to ${formatDuration(LONGEST_MS)} such as 500ms, 10s or 1m30s`,
  accepts: (text) => {
    const ms = parseDuration(text);
    if (ms === null) return false;
    if (ms === 0) return "too short";
    return ms <= LONGEST_MS || "too long";
  },
  pattern: DURATION_PATTERN,
});

export const ipAddress = checkedText({
  allowed: "an IPv4 or IPv6 address",
  accepts: isProbeable,
});

export const host = checkedText({
  allowed: "a host name or an IPv4 or IPv6 address",
  accepts: (text) => isHostName(text) || isProbeable(text),
});

export const portRange = checkedText({
  allowed: `a range FROM-TO of at least ${MIN_PORTS} ports between 1024 and 65535`,
  accepts: (text) => parsePortRange(text) !== null,
  pattern: "^\\d{1,5}-\\d{1,5}$",
});

export const timezone = checkedText({
  allowed: "an IANA time zone such as Europe/Berlin",
  accepts: (text) => isTimezone(text) || suggestedTimezone(text),
});

export const alertmanagerUrl = checkedText({
  allowed:
    "an http or https URL without user, password, query and fragment, such as http://127.0.0.1:9093",
  accepts: isPlainHttpUrl,
  shown: false,
});

function isProbeable(text: string): boolean | string {
  const address = readAddress(text);
  return typeof address === "string" ? address : address !== null;
}

function isTimezone(text: string): boolean {
  // Offsets such as +01:00, which later versions take too, are no zones.
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    Intl.DateTimeFormat("en", { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

function suggestedTimezone(text: string): string | false {
  const closest = nearest(text, Intl.supportedValuesOf("timeZone"), 3);
  return closest === null ? false : `the nearest is ${closest}`;
}

function isPlainHttpUrl(text: string): boolean {
  return /^https?:\/\/[^@?#\s]+$/i.test(text) && URL.canParse(text);
}
