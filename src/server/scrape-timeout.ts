/** Time kept back for the way of the answer to Prometheus, as blackbox_exporter does. */
const RESERVE_SECONDS = 0.5;
/** Longest delay that a timer can have. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * How long a probe on demand may take so that its answer reaches a Prometheus that sent this
 * `X-Prometheus-Scrape-Timeout-Seconds`, in milliseconds. Undefined when the header is absent,
 * is no positive decimal number, or leaves no time at all: the module's own limit holds then.
 */
export function scrapeTimeoutMs(
  header: string | readonly string[] | undefined,
): number | undefined {
  if (typeof header !== "string" || !/^\d{1,9}(\.\d{1,9})?$/.test(header)) return undefined;
  const timeoutMs = (Number(header) - RESERVE_SECONDS) * 1000;
  return timeoutMs > 0 ? Math.min(timeoutMs, LONGEST_MS) : undefined;
}
