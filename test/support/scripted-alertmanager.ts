import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { PostableAlert } from "../../src/exporters/alertmanager/postable-alerts.ts";

/** A request as it came in. */
interface ReceivedBatch {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly contentType: string | undefined;
  readonly alerts: readonly PostableAlert[];
}

/** An Alertmanager that answers as the test says and keeps what it was sent. */
export interface ScriptedAlertmanager {
  readonly url: string;
  readonly received: ReceivedBatch[];
  /** How each request from now on is answered; at first with 200. */
  answer: (response: ServerResponse, request: number) => void;
}

/** Starts one on loopback until the test is over. */
export async function startScriptedAlertmanager(): Promise<ScriptedAlertmanager> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      scripted.received.push({
        method: request.method,
        path: request.url,
        contentType: request.headers["content-type"],
        alerts: JSON.parse(Buffer.concat(chunks).toString()) as PostableAlert[],
      });
      scripted.answer(response, scripted.received.length);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const scripted: ScriptedAlertmanager = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [],
    answer: (response) => response.end(),
  };
  return scripted;
}
