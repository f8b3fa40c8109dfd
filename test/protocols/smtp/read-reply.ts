import { type Reply, type ReplyLimits, ReplyReader } from "../../../src/protocols/smtp/reply.ts";
import { WireError } from "../../../src/protocols/wire/wire-error.ts";

/** What a reader made of octets: a reply and what followed it, or what was wrong. */
export interface Reading {
  readonly reply: Reply | null;
  readonly surplus: string;
  readonly error: WireError["kind"] | null;
}

/** Gives a reader octets in these segments. Throws what the reader throws, but for a `WireError`. */
export function readReply(segments: readonly Buffer[], limits: ReplyLimits): Reading {
  const reader = new ReplyReader(limits);
  try {
    for (const segment of segments) reader.push(segment);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return { reply: null, surplus: "", error: error.kind };
  }
  const reply = reader.ready ? reader.take() : null;
  return { reply, surplus: reader.surplus, error: null };
}
