import type { ProbeType } from "./probe.ts";
import { smtpProbe } from "./probes/smtp.ts";
import { tcpProbe } from "./probes/tcp.ts";

/** Every probe type: one line each. */
export const probeTypes: readonly ProbeType[] = [tcpProbe, smtpProbe];
