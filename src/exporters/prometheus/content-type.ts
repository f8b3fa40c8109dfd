/** Prometheus's text format. */
export const TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";

/** OpenMetrics. */
export const OPENMETRICS_FORMAT = "application/openmetrics-text; version=1.0.0; charset=utf-8";

interface MediaRange {
  readonly type: string;
  readonly version: string | undefined;
  readonly quality: number;
}

/**
 * The exposition format for an Accept header (RFC 9110 section 12.5.1): OpenMetrics when it is named
 * with at least the quality that the text format has, the text format in every other case.
 */
export function negotiate(accept: string | undefined): string {
  const ranges = (accept ?? "").split(",").map(parseRange);
  const openMetrics = worth(ranges, ["application/openmetrics-text"], "1.0.0");
  const text = worth(ranges, ["text/plain", "text/*", "*/*"], "0.0.4");
  return openMetrics > 0 && openMetrics >= text ? OPENMETRICS_FORMAT : TEXT_FORMAT;
}

/** What the most specific of these types, that one first, is worth to the client. */
function worth(ranges: readonly MediaRange[], types: readonly string[], version: string): number {
  for (const type of types) {
    const fitting = ranges.filter(
      (range) => range.type === type && (range.version ?? version) === version,
    );
    if (fitting.length > 0) return Math.max(...fitting.map((range) => range.quality));
  }
  return 0;
}

function parseRange(text: string): MediaRange {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const values = new Map(
    parameters.map((parameter) => {
      const [name = "", value = ""] = parameter.split("=").map((part) => part.trim());
      return [name, value.replaceAll('"', "")];
    }),
  );
  const quality = Number(values.get("q") ?? 1);
  return { type, version: values.get("version"), quality: Number.isNaN(quality) ? 0 : quality };
}
