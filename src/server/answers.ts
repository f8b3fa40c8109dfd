import type { FastifyReply, FastifyRequest } from "fastify";

/** The kinds of error that the API names, as far as they can be the Prometheus API's. */
export type ErrorType =
  | "bad_data"
  | "forbidden"
  | "internal"
  | "method_not_allowed"
  | "not_found"
  | "unauthorized"
  | "unavailable";

const statusCodes: Readonly<Record<ErrorType, number>> = {
  bad_data: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  internal: 500,
  unavailable: 503,
};

/** Thrown by a handler to answer an error; the message is for the client. */
export class RequestError extends Error {
  override readonly name = "RequestError";

  readonly errorType: ErrorType;

  constructor(errorType: ErrorType, message: string) {
    super(message);
    this.errorType = errorType;
  }
}

/** Answers with one or more lines of plain text. */
export function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type("text/plain; charset=utf-8").send(`${text}\n`);
}

/** Answers as the Prometheus API does when all went well. */
export function sendData(reply: FastifyReply, data: unknown): FastifyReply {
  return reply
    .type("application/json; charset=utf-8")
    .send(`${JSON.stringify({ status: "success", data })}\n`);
}

/**
 * Answers an error: as the Prometheus API does below `/api/`, as plain text elsewhere. `status`
 * where another one than the type's own says it better.
 */
export function sendError(
  request: FastifyRequest,
  reply: FastifyReply,
  errorType: ErrorType,
  error: string,
  status = statusCodes[errorType],
): FastifyReply {
  if (!request.url.startsWith("/api/")) return sendText(reply, status, error);
  return reply
    .code(status)
    .type("application/json; charset=utf-8")
    .send(`${JSON.stringify({ status: "error", errorType, error })}\n`);
}

/** Answers that a limit is reached; the client may come again in a second. */
export function sendBusy(
  request: FastifyRequest,
  reply: FastifyReply,
  error: string,
): FastifyReply {
  return sendError(request, reply.header("retry-after", "1"), "unavailable", error);
}
