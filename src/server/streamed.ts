import { Readable, finished } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { sendBusy } from "./answers.ts";
import type { Gate } from "./gate.ts";

/**
 * Takes a place behind the gate until the response has been taken by the client or is lost.
 * Returns false, with 503 sent, when there is none.
 */
export function holdPlace(gate: Gate, request: FastifyRequest, reply: FastifyReply): boolean {
  const leave = gate.enter();
  if (leave === null) {
    sendBusy(request, reply, "too many requests of this kind are under way");
    return false;
  }
  finished(reply.raw, leave);
  return true;
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
