import type { Phase, Reason } from "../errors.ts";

/** What happens in each phase, and where to look when it fails or takes long. */
export const PHASE_ADVICE: Readonly<Record<Phase, string>> = {
  resolve: "The peer's name is looked up. Look at DNS, not at the MTA.",
  source: "The socket is bound to the address of the IP resource. Look at this node.",
  connect: "The TCP connection. Look at routes, firewalls and whether anything listens.",
  banner:
    "The MTA's greeting. It accepted the connection: look at its load, limits and access lists.",
  ehlo: "EHLO and its answer. Look at how the MTA judges the probe's name and address.",
  starttls: "STARTTLS and its answer. Look at the MTA's TLS settings.",
  tls: "The TLS handshake. Look at versions, certificates, and at the MTU when it times out.",
  auth: "Authentication. Look at the credentials and the MTA's user database.",
  quit: "QUIT and the end of the connection. The question was answered before.",
  transport: "COTP: the transport connection within TCP. Look at the called transport selector.",
  session: "The session layer. Look at the called session selector.",
  presentation: "The presentation layer. Look at the called selector and the mode of the module.",
  association:
    "ACSE: the association. Look at the mode of the module and the peer's configuration.",
  rts: "Reliable transfer: its open request. Look at the dialogue mode.",
  bind: "The MTA bind: names and credentials. Look at the peer's list of neighbours.",
  release: "The orderly end of the association. The question was answered before.",
};

/** What each reason suggests to do next; its meaning is with the reason itself. */
export const REASON_ADVICE: Readonly<Record<Reason, string>> = {
  address_not_available:
    "Is the cluster moving it, or has it moved without being told? `ip -brief address show to ADDRESS`",
  ports_exhausted:
    "Count sockets by state: `ss --tcp --all --numeric src ADDRESS`; widen `net.ipv4.ip_local_port_range`, find what opens so many.",
  address_in_use:
    "Something else uses the agent's source ports: compare `source_ports` with `ss --tcp --all --numeric src ADDRESS`.",
  wrong_source:
    "Source NAT or policy routing: `nft list ruleset`, `ip rule`, `ip route get PEER_ADDRESS from ADDRESS`.",
  too_many_files: "Raise `LimitNOFILE`, or look for what leaks descriptors.",
  no_buffers: "Look at kernel memory: `dmesg`, `cat /proc/net/sockstat`.",
  permission_denied: "A sandbox or security module forbids the socket: `systemctl show`, `dmesg`.",
  resolver_failed: "Ask the name server yourself: `getent ahosts PEER`, `resolvectl query PEER`.",
  loop_stalled: "The process did not run for a while: look at CPU, steal time, suspended machines.",
  name_not_found: "The peer's name is wrong or its zone has changed: `dig PEER A PEER AAAA`.",
  host_unreachable:
    "After about 3 s the host is absent from its segment (ARP); at once, a router or firewall said so: `ip neigh`, `traceroute`.",
  network_unreachable:
    "No route, the link is down, or a standby node with `ip_nonlocal_bind`: `ip route get PEER_ADDRESS from ADDRESS`, `ip link`.",
  administratively_prohibited:
    "A `prohibit` route or a policy rule of this node: `ip rule`, `ip route show table all type prohibit`.",
  connection_refused:
    "Does the MTA run and listen on that address? If it does, a firewall rejects: a reject and a closed port look alike.",
  connection_reset: "A firewall, a crash, or a limit of the MTA: look at its log at that moment.",
  connection_closed: "A connection limit, an access list, or a proxy without a server behind it.",
  timeout:
    "In `connect`: packets are dropped, there or on the way back. In `banner`: the MTA hangs or looks up names. In `tls`: an MTU black hole.",
  protocol_error: "Something other than the expected protocol answers: read the transcript.",
  limit_exceeded: "An answer without end: a broken or hostile peer. Read the transcript.",
  rejected_transient:
    "Load, greylisting, or the reputation of this IP resource; the code and the text say which. Compare other IP resources.",
  rejected_permanent:
    "An access list or block list names this IP resource, or the EHLO name is refused. Compare other IP resources.",
  identity_mismatch: "The address belongs to another system now: look at NAT, DNS and the cluster.",
  starttls_missing:
    "STARTTLS is switched off, or something on the way removes it (a middlebox, an attack).",
  starttls_injection:
    "Somebody injects text before the handshake, or the MTA has a known flaw: treat it as an attack.",
  tls_handshake_failed:
    "Ciphers, certificate or key of the MTA: look at its log, try `openssl s_client`.",
  tls_version:
    "One side is too old: compare `min_version` with `openssl s_client -tls1_2`, `-tls1_3`.",
  client_certificate_required: "Give the module a certificate (`tls_config`), or exempt the probe.",
  certificate_expired: "Renew it, also on the passive nodes, and reload the MTA.",
  certificate_not_yet_valid: "Compare the clocks: `timedatectl`. Or it was put in place too early.",
  certificate_untrusted:
    "An intermediate certificate is missing, or `ca_file` lacks the authority.",
  certificate_name_mismatch:
    "Another certificate is served than this name needs: look at SNI and DNS.",
  not_iso_transport: "Something other than an X.400 MTA listens on the port.",
  congestion: "The peer has no free connection or buffer: lower its load, or the probe's rate.",
  selector_unknown: "Compare the called selectors of the module with the peer's own address.",
  version_not_supported: "Compare the mode of the module with what the peer speaks.",
  context_not_supported: "Compare the mode of the module with what the peer speaks.",
  busy: "The peer has as many associations as it allows: look for ones that hang.",
  authentication_error: "MTA name and password differ from what the peer has for this neighbour.",
  unacceptable_dialogue_mode: "Monologue or two-way alternate: compare both sides' settings.",
  unacceptable_security_context: "Compare the security labels on both sides.",
  inadequate_confidentiality: "The peer insists on an encrypted association.",
  aborted: "The peer gave up in the middle: look at its log at that moment.",
  unknown: "Read the transcript; the code is the peer's own.",
};
