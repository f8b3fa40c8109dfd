/** What clients may cost; the defaults leave a flood of them nothing to hold on to. */
export interface ServerLimits {
  /** Octets of a request's line and headers together. */
  readonly headerBytes: number;
  /** Octets of a request's body: no route reads one. */
  readonly bodyBytes: number;
  /** Open connections on each listening address. */
  readonly connections: number;
  /** From the first octet of a connection or request to the end of its headers. */
  readonly headersMs: number;
  /** From the first octet of a request to its last. */
  readonly requestMs: number;
  /** How long a connection may wait for its next request. */
  readonly keepAliveMs: number;
  readonly handshakeMs: number;
  /** How long the client may take nothing of a response that is under way. */
  readonly stallMs: number;
  /** From a request to the end of its response. */
  readonly responseMs: number;
  /** How long `close` waits for requests in flight. */
  readonly shutdownMs: number;
  readonly metricsInFlight: number;
  readonly probesInFlight: number;
  /** Status pages and path lists. */
  readonly pagesInFlight: number;
}

export const DEFAULT_LIMITS: ServerLimits = {
  headerBytes: 8 * 1024,
  bodyBytes: 1024,
  connections: 256,
  headersMs: 10_000,
  requestMs: 15_000,
  // Longer than a minute: Prometheus keeps its connection from one scrape to the next.
  keepAliveMs: 75_000,
  handshakeMs: 10_000,
  stallMs: 10_000,
  responseMs: 120_000,
  shutdownMs: 5_000,
  metricsInFlight: 16,
  probesInFlight: 16,
  pagesInFlight: 8,
};
