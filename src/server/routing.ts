import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { RequestError, sendError } from "./answers.ts";

type Method = "GET" | "POST" | "PUT";
type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;

/**
 * Adds the one handler of an address. HEAD comes with GET; every other method is answered with 405
 * and `Allow`, before anything of its body is read.
 */
export function addRoute(
  app: FastifyInstance,
  methods: readonly Method[],
  url: string,
  handler: Handler,
): void {
  const allowed: readonly string[] = methods.includes("GET") ? [...methods, "HEAD"] : methods;
  const refuse: Handler = (request, reply) =>
    sendError(
      request,
      reply.header("allow", allowed.join(", ")),
      "method_not_allowed",
      "method not allowed",
    );
  app.route({ method: [...methods], url, handler });
  app.route({
    method: app.supportedMethods.filter((method) => !allowed.includes(method)),
    url,
    onRequest: async (request, reply) => refuse(request, reply),
    handler: refuse,
  });
}

/**
 * One parameter of the query string; undefined when it is absent or empty. Throws a `RequestError`
 * when it is given more than once.
 */
export function queryParameter(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as Readonly<Record<string, string | string[] | undefined>>)[name];
  if (Array.isArray(value)) {
    throw new RequestError("bad_data", `the parameter ${name} is given more than once`);
  }
  return value === "" ? undefined : value;
}
