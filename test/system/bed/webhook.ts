import { createServer } from "node:http";
import type { Bed } from "./bed.ts";
import { freePort } from "./addresses.ts";
import { until } from "./until.ts";

/** One alert as Alertmanager's webhook delivers it. */
interface DeliveredAlert {
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  /** Alertmanager's hash of the labels. */
  readonly fingerprint: string;
}

/** A receiver of Alertmanager's notifications that keeps what it is sent. */
export interface Webhook {
  readonly url: string;
  /** Every alert delivered so far, in order; one that is repeated is in it again. */
  readonly delivered: readonly DeliveredAlert[];
  /** What each alert, told by its labels, was last said to be. */
  latest(): readonly DeliveredAlert[];
}

function isNotification(value: unknown): value is { readonly alerts: readonly DeliveredAlert[] } {
  return typeof value === "object" && value !== null && "alerts" in value;
}

/** Starts the receiver within this process. */
export async function startWebhook(bed: Bed): Promise<Webhook> {
  const delivered: DeliveredAlert[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => {
      body += part;
    });
    request.on("end", () => {
      const notification: unknown = JSON.parse(body);
      if (isNotification(notification)) delivered.push(...notification.alerts);
      response.end();
    });
  });
  const port = await freePort();
  server.listen(port, "127.0.0.1");
  await until("the webhook listens", () => server.listening);
  bed.atEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${port}/`,
    delivered,
    latest: () => [...new Map(delivered.map((alert) => [alert.fingerprint, alert])).values()],
  };
}
