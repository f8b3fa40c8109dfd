import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { sendBusy } from "./answers.ts";
import type { ResponseGate } from "./response-gate.ts";

/** Takes a place behind the gate for the response; false, with 503 sent, when there is none. */
export function holdPlace(
  gate: ResponseGate,
  request: FastifyRequest,
  reply: FastifyReply,
): boolean {
  if (gate.enter(reply.raw)) return true;
  sendBusy(request, reply, "too many requests of this kind are under way");
  return false;
}

/**
 * A body made while it is sent: the next part when the client has taken the one before, and the
 * rest of the agent gets its turn in between. No part may be empty.
 */
export function inParts(parts: Iterator<string, void>): Readable {
  return new Readable({
    highWaterMark: 1,
    read() {
      setImmediate(() => {
        try {
          const { done, value } = parts.next();
          this.push(done === true ? null : value);
        } catch (error) {
          this.destroy(error instanceof Error ? error : new Error(String(error)));
        }
      });
    },
  });
}
