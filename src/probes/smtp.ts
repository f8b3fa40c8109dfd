import { z } from "zod";
import { ProbeFailure, type Reason } from "../errors.ts";
import type { Connection } from "../net/connection.ts";
import { publishTls, TLS_FACTS, tlsConfigSchema, verifyCertificate } from "../net/tls-facts.ts";
import { defineProbe, type ProbeContext } from "../probe.ts";
import { addressLiteral, isEhloName } from "../protocols/smtp/ehlo-name.ts";
import { ehloKeywords, type Reply, ReplyReader } from "../protocols/smtp/reply.ts";

const EHLO_NAME = "a fully qualified domain name or an address literal such as [192.0.2.1]";

const settings = z.strictObject({
  port: z.int().min(1).max(65_535).default(25).describe("Port to connect to."),
  ehlo_name: z
    .string()
    .refine(isEhloName, { error: `must be ${EHLO_NAME}` })
    .optional()
    .describe(
      `What the probe calls itself: ${EHLO_NAME}. Default: the literal of its own address.`,
    ),
  starttls: z
    .enum(["off", "opportunistic", "required"])
    .default("opportunistic")
    .describe("off: never; opportunistic: when it is offered; required: a failure when it is not."),
  verify: z
    .boolean()
    .default(false)
    .describe("Whether a bad certificate fails the probe; it is exported either way."),
  tls_config: tlsConfigSchema,
  reply_line_octets: z
    .int()
    .min(512)
    .max(65_536)
    .default(2_048)
    .describe("Longest reply line accepted, in octets."),
  reply_lines: z.int().min(1).max(1_000).default(100).describe("Most lines in one reply."),
});

type Settings = z.output<typeof settings>;

const facts = {
  replyCode: {
    metric: "mta_smtp_reply_code",
    help: "Code of the last SMTP reply before QUIT in the last probe.",
  },
  ...TLS_FACTS,
} as const;

/** The SMTP dialogue up to the point where mail would begin (RFC 5321 section 3, RFC 3207). */
export const smtpProbe = defineProbe({
  type: "smtp",
  summary: "Greets an SMTP server, upgrades to TLS where asked to, and quits.",
  settings,
  phases: ["resolve", "source", "connect", "banner", "ehlo", "starttls", "tls", "quit"],
  facts,
  closesFirst: false,
  async run(context, given) {
    const connection = await context.connect();
    const dialogue = new Dialogue(context, connection, given);
    try {
      await converse(context, dialogue, given);
    } catch (error) {
      if (dialogue.isOurTurn) connection.awaitClose("QUIT\r\n");
      throw error;
    } finally {
      if (dialogue.lastCode !== null) context.fact("replyCode", dialogue.lastCode);
    }
    context.answered();
    context.enter("quit");
    dialogue.ask("QUIT");
    await dialogue.expect(221, "QUIT");
    connection.awaitClose();
  },
});

type Context = ProbeContext<typeof facts>;

async function converse(context: Context, dialogue: Dialogue, given: Settings): Promise<void> {
  context.enter("banner");
  const banner = await dialogue.expect(220, "the connection");
  context.describe("banner", banner.lines.join(" "));
  const keywords = await greet(context, dialogue);
  if (given.starttls === "off") return;
  if (!keywords.has("STARTTLS")) {
    if (given.starttls === "opportunistic") return;
    context.enter("starttls");
    throw new ProbeFailure("starttls_missing", "STARTTLS is not offered");
  }
  context.enter("starttls");
  dialogue.ask("STARTTLS");
  await dialogue.expect(220, "STARTTLS", "starttls_injection");
  context.enter("tls");
  await dialogue.secure();
  await greet(context, dialogue);
}

/**
 * EHLO, or HELO where EHLO is refused for good (RFC 5321 section 3.2). A peer that closes instead of
 * answering HELO has refused EHLO.
 */
async function greet(context: Context, dialogue: Dialogue): Promise<ReadonlyMap<string, string>> {
  context.enter("ehlo");
  dialogue.ask(`EHLO ${dialogue.name}`);
  const answer = await dialogue.reply();
  if (answer.code < 500) {
    dialogue.accept(answer, 250, "EHLO");
    const keywords = ehloKeywords(answer);
    context.describe("extensions", [...keywords.keys()]);
    return keywords;
  }
  dialogue.accept(answer, answer.code, "EHLO");
  dialogue.ask(`HELO ${dialogue.name}`);
  try {
    await dialogue.expect(250, "HELO");
  } catch (error) {
    throw isGone(error) ? refusal(answer, "EHLO") : error;
  }
  context.describe("extensions", []);
  return new Map();
}

/** Commands and replies in turn over one connection. */
class Dialogue {
  readonly name: string;
  readonly #context: Context;
  readonly #connection: Connection;
  readonly #settings: Settings;
  #reader: ReplyReader;
  #waiting = true;
  #lastCode: number | null = null;

  constructor(context: Context, connection: Connection, given: Settings) {
    this.#context = context;
    this.#connection = connection;
    this.#settings = given;
    this.#reader = this.#listen();
    this.name = given.ehlo_name ?? addressLiteral(connection.localAddress);
  }

  /** Whether the peer has answered all that was said, so that a polite QUIT is in order. */
  get isOurTurn(): boolean {
    return !this.#waiting;
  }

  get lastCode(): number | null {
    return this.#lastCode;
  }

  ask(command: string): void {
    this.#context.note("probe", command);
    this.#waiting = true;
    this.#connection.write(`${command}\r\n`);
  }

  async reply(): Promise<Reply> {
    await this.#connection.arrival();
    return this.#take();
  }

  async expect(code: number, what: string, surplus?: Reason): Promise<Reply> {
    await this.#connection.arrival();
    const reply = this.#take();
    this.accept(reply, code, what, surplus);
    return reply;
  }

  /** Throws unless the reply has the code and nothing followed it that nobody asked for. */
  accept(reply: Reply, code: number, what: string, surplus: Reason = "protocol_error"): void {
    if (reply.code !== code) {
      this.#context.describe("enhanced_status", reply.enhanced);
      throw refusal(reply, what);
    }
    const unasked = this.#reader.surplus;
    if (unasked === "") return;
    this.#waiting = true;
    this.#context.note("peer", unasked);
    if (surplus === "protocol_error" && isShutdown(unasked)) {
      throw new ProbeFailure("rejected_transient", `${what} was followed by ${unasked}`, 421);
    }
    throw new ProbeFailure(surplus, `more than one reply to ${what}: ${unasked}`, reply.code);
  }

  /** TLS from here on; what was learnt in clear text is forgotten (RFC 3207 section 4.2). */
  async secure(): Promise<void> {
    const { target } = this.#context;
    const { tls_config, verify } = this.#settings;
    const serverName = tls_config.server_name ?? target.host;
    this.#waiting = true;
    const tls = await this.#connection.secure({ settings: tls_config, serverName, onClearText });
    this.#reader = this.#listen();
    this.#waiting = false;
    this.#context.note("peer", `${tls.version} ${tls.cipher}`);
    publishTls(this.#context, tls);
    if (verify) verifyCertificate(tls, serverName);
  }

  #take(): Reply {
    const reply = this.#reader.take();
    this.#waiting = false;
    this.#lastCode = reply.code;
    return reply;
  }

  #listen(): ReplyReader {
    const { reply_line_octets: lineOctets, reply_lines: lines } = this.#settings;
    const reader = new ReplyReader({ lineOctets, lines }, (line) => {
      this.#context.note("peer", line);
    });
    this.#connection.attach(reader);
    return reader;
  }
}

/**
 * What came instead of the peer's half of the handshake. A reply that grants something answers no
 * question: it was slipped in after the 220. One that refuses is all that a peer without TLS can
 * say to it.
 */
function onClearText(text: string): ProbeFailure {
  const detail = `clear text instead of TLS: ${text}`;
  const injected = /^[23]\d\d[ -]/.test(text);
  return injected
    ? new ProbeFailure("starttls_injection", detail, 220, "starttls")
    : new ProbeFailure("tls_handshake_failed", detail);
}

/** 421 is the one reply that a server may give unasked (RFC 5321 section 3.8). */
function isShutdown(text: string): boolean {
  return /^421[ -]/.test(text);
}

function isGone(error: unknown): boolean {
  if (!(error instanceof ProbeFailure)) return false;
  return error.reason === "connection_closed" || error.reason === "connection_reset";
}

/** A reply with another code: 4yz and 5yz are refusals, the rest is out of order. */
function refusal(reply: Reply, what: string): ProbeFailure {
  const detail = `${what} was answered ${reply.code} ${reply.lines.join(" ")}`;
  if (reply.code >= 500) return new ProbeFailure("rejected_permanent", detail, reply.code);
  if (reply.code >= 400) return new ProbeFailure("rejected_transient", detail, reply.code);
  return new ProbeFailure("protocol_error", detail, reply.code);
}
