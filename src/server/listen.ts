import type { Server } from "node:net";
import { AgentError } from "../errors.ts";
import type { ListenAddress } from "./listen-address.ts";

/** Listens, or throws an `AgentError` with code `LISTEN_FAILED` that says where and why not. */
export async function listen(server: Server, { host, port }: ListenAddress): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      const why = reasons[error.code ?? ""] ?? error.message;
      const message = `cannot listen on ${host ?? ""}:${port}: ${why}`;
      reject(new AgentError("LISTEN_FAILED", message, { cause: error }));
    };
    server.once("error", failed);
    server.listen(host === null ? { port } : { host, port }, () => {
      server.off("error", failed);
      resolve();
    });
  });
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "another process listens there",
  EADDRNOTAVAIL: "this host does not have that address",
  EACCES: "a port below 1024 takes a privilege",
  ENOTFOUND: "there is no such host",
};
