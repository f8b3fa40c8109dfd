import { z } from "zod";
import { defineProbe } from "../../src/probe.ts";
import type { ProbeType } from "../../src/probe.ts";

const notRun = async (): Promise<void> => {};
const port = z.int().min(1).max(65_535);

/** Has a setting without a default, so that there is no module of this name unless it is written. */
const tcp = defineProbe({
  type: "tcp",
  summary: "Connects.",
  settings: z.strictObject({ port: port.describe("Port.") }),
  phases: ["resolve", "source", "connect"],
  facts: {},
  closesFirst: true,
  run: notRun,
});

const smtp = defineProbe({
  type: "smtp",
  summary: "Greets.",
  settings: z.strictObject({
    port: port.default(25).describe("Port."),
    ehlo_name: z
      .string()
      .refine((name) => name.includes("."), "must be a fully qualified domain name")
      .optional()
      .describe("EHLO name."),
    starttls: z
      .enum(["off", "opportunistic", "required"])
      .default("opportunistic")
      .describe("STARTTLS."),
    tls_config: z
      .strictObject({
        ca_file: z.string().optional().describe("Authorities."),
        cert_file: z.string().optional().describe("Certificate."),
        key_file: z.string().optional().describe("Key."),
        min_version: z.enum(["TLS12", "TLS13"]).default("TLS12").describe("Oldest version."),
      })
      .refine((tls) => (tls.cert_file === undefined) === (tls.key_file === undefined), {
        error: "must have cert_file and key_file, or neither",
      })
      .prefault({})
      .describe("TLS."),
  }),
  phases: ["resolve", "source", "connect", "banner", "ehlo", "starttls", "tls", "quit"],
  facts: { replyCode: { metric: "mta_smtp_reply_code", help: "Reply code." } },
  closesFirst: false,
  run: notRun,
});

const selector = z.union([
  z.strictObject({ text: z.string().describe("Text.") }),
  z.strictObject({ hex: z.string().describe("Octets.") }),
]);

/** Choices that look like numbers, alternatives, and maps within maps. */
const x400 = defineProbe({
  type: "x400",
  summary: "Binds.",
  settings: z.strictObject({
    port: port.default(102).describe("Port."),
    mode: z.enum(["1988-normal", "1988-x410", "1984"]).default("1988-normal").describe("Mode."),
    called: z
      .strictObject({
        transport_selector: selector.optional().describe("TSEL."),
        session_selector: selector.optional().describe("SSEL."),
      })
      .optional()
      .describe("Called address."),
    credentials: z
      .strictObject({
        mta_name: z.string().describe("Name."),
        password_file: z.string().optional().describe("Password."),
      })
      .optional()
      .describe("Own credentials."),
  }),
  phases: ["resolve", "source", "connect", "transport", "session", "bind", "release"],
  facts: {},
  closesFirst: true,
  run: notRun,
});

/** Probe types that have every kind of settings; independent of those that the agent has. */
export const testProbeTypes: readonly ProbeType[] = [tcp, smtp, x400];
