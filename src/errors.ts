/**
 * The closed lists of phases and reasons, and the agent's own errors with stable codes.
 * Users match on these names in rules and scripts; nothing from the network ever joins them.
 */

/** The step of a probe that took time or failed, in the order in which probes pass through them. */
export const PHASES = [
  "resolve",
  "source",
  "connect",
  "banner",
  "ehlo",
  "starttls",
  "tls",
  "auth",
  "quit",
  "transport",
  "session",
  "presentation",
  "association",
  "rts",
  "bind",
  "release",
] as const;
export type Phase = (typeof PHASES)[number];

/** Where the trouble lies: this host or IP resource, the network between, or the peer. */
export type Origin = "local" | "path" | "peer";

interface ReasonFacts {
  readonly origin: Origin;
  /** What it means, for the reference page and the runbooks. */
  readonly meaning: string;
  /** A failure of the agent itself: it says nothing about the MTA and changes no state. */
  readonly inconclusive?: true;
}

const reasons = {
  address_not_available: { origin: "local", meaning: "this node does not have the source address" },
  ports_exhausted: { origin: "local", meaning: "the source address has no free port" },
  address_in_use: { origin: "local", meaning: "the source address and port are taken" },
  wrong_source: { origin: "local", meaning: "the connection left from another address" },
  too_many_files: {
    origin: "local",
    meaning: "the agent or the host is out of file descriptors",
    inconclusive: true,
  },
  no_buffers: {
    origin: "local",
    meaning: "the kernel has no memory for a socket",
    inconclusive: true,
  },
  permission_denied: {
    origin: "local",
    meaning: "the agent may not open the socket",
    inconclusive: true,
  },
  resolver_failed: {
    origin: "local",
    meaning: "the name server did not give an answer",
    inconclusive: true,
  },
  loop_stalled: {
    origin: "local",
    meaning: "the agent was not running while the probe was in flight",
    inconclusive: true,
  },
  name_not_found: { origin: "path", meaning: "the peer's name has no address" },
  host_unreachable: { origin: "path", meaning: "the network says the host cannot be reached" },
  network_unreachable: { origin: "path", meaning: "there is no route from this address" },
  administratively_prohibited: { origin: "path", meaning: "a route or policy rule forbids it" },
  connection_refused: {
    origin: "path",
    meaning: "nothing listens there, or a firewall rejects the connection",
  },
  connection_reset: { origin: "path", meaning: "the connection was reset" },
  connection_closed: { origin: "path", meaning: "the other side closed before it answered" },
  timeout: { origin: "path", meaning: "no answer within the limit" },
  protocol_error: { origin: "peer", meaning: "the answer is not what the protocol allows" },
  limit_exceeded: { origin: "peer", meaning: "the answer is longer than the probe's limits" },
  rejected_transient: { origin: "peer", meaning: "the peer refuses for now (4yz)" },
  rejected_permanent: { origin: "peer", meaning: "the peer refuses (5yz)" },
  identity_mismatch: { origin: "peer", meaning: "another system answers than the one expected" },
  starttls_missing: { origin: "peer", meaning: "STARTTLS is required and not offered" },
  starttls_injection: {
    origin: "peer",
    meaning: "clear text followed the reply to STARTTLS",
  },
  tls_handshake_failed: { origin: "peer", meaning: "the TLS handshake failed" },
  tls_version: { origin: "peer", meaning: "no TLS version in common" },
  client_certificate_required: { origin: "peer", meaning: "the peer demands a client certificate" },
  certificate_expired: { origin: "peer", meaning: "a certificate of the chain has expired" },
  certificate_not_yet_valid: { origin: "peer", meaning: "a certificate is not valid yet" },
  certificate_untrusted: { origin: "peer", meaning: "no trusted authority signed the certificate" },
  certificate_name_mismatch: { origin: "peer", meaning: "the certificate is for another name" },
  not_iso_transport: { origin: "peer", meaning: "the answer is no TPKT" },
  congestion: { origin: "peer", meaning: "a layer of the peer is congested" },
  selector_unknown: { origin: "peer", meaning: "the peer does not know the called selector" },
  version_not_supported: { origin: "peer", meaning: "no protocol version in common" },
  context_not_supported: { origin: "peer", meaning: "no presentation context in common" },
  busy: { origin: "peer", meaning: "the peer is busy" },
  authentication_error: { origin: "peer", meaning: "the peer does not accept the credentials" },
  unacceptable_dialogue_mode: { origin: "peer", meaning: "the peer refuses the dialogue mode" },
  unacceptable_security_context: {
    origin: "peer",
    meaning: "the peer refuses the security context",
  },
  inadequate_confidentiality: {
    origin: "peer",
    meaning: "the peer demands a confidential association",
  },
  aborted: { origin: "peer", meaning: "the peer aborted the association" },
  unknown: { origin: "peer", meaning: "a refusal without a known reason" },
} as const satisfies Record<string, ReasonFacts>;

export type Reason = keyof typeof reasons;

/** Every reason with its origin and meaning. */
export const REASONS: Readonly<Record<Reason, ReasonFacts>> = reasons;

/** Why a probe failed, or what went wrong after its question was answered. */
export interface Failure {
  readonly phase: Phase;
  readonly reason: Reason;
  readonly origin: Origin;
  /** The protocol's own number (SMTP reply code, COTP reason, MTABindError …), or null. */
  readonly code: number | null;
  /** One printable line for people; never a label. */
  readonly detail: string;
}

/** Thrown inside a probe to end it. `phase` is null when it is the phase the probe is in. */
export class ProbeFailure extends Error {
  override readonly name = "ProbeFailure";

  readonly reason: Reason;
  readonly detail: string;
  readonly code: number | null;
  readonly phase: Phase | null;

  constructor(
    reason: Reason,
    detail: string,
    code: number | null = null,
    phase: Phase | null = null,
  ) {
    super(`${reason}: ${detail}`);
    this.reason = reason;
    this.detail = detail;
    this.code = code;
    this.phase = phase;
  }
}

/** Stable codes of the errors that a command or the HTTP interface can show. */
export type AgentErrorCode =
  | "CONFIG_INVALID"
  | "CONFIG_UNREADABLE"
  | "SECRET_UNREADABLE"
  | "LISTEN_FAILED"
  | "USAGE";

/** An error meant for the user: its message names the place and what is allowed. */
export class AgentError extends Error {
  override readonly name = "AgentError";

  readonly code: AgentErrorCode;

  constructor(code: AgentErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
