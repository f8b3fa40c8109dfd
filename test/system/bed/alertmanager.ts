import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./addresses.ts";
import { announce } from "./announce.ts";
import type { Bed } from "./bed.ts";
import { startProcess, untilServing } from "./processes.ts";

/** Debian packages that it takes. */
export const ALERTMANAGER_PACKAGES = ["prometheus-alertmanager"] as const;

/** A real Alertmanager. */
export interface Alertmanager {
  /** HOST:PORT of its HTTP interface. */
  readonly address: string;
}

/** Starts an Alertmanager that passes each alert on to the webhook within about a second. */
export async function startAlertmanager(bed: Bed, webhookUrl: string): Promise<Alertmanager> {
  const address = `127.0.0.1:${await freePort()}`;
  const configuration = join(bed.folder, "alertmanager.yml");
  writeFileSync(
    configuration,
    `
route: { receiver: webhook, group_by: ["..."], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: webhook
    webhook_configs: [{ url: "${webhookUrl}", send_resolved: true }]
`,
  );
  const running = startProcess(bed, {
    name: "alertmanager",
    command: "prometheus-alertmanager",
    args: [
      `--config.file=${configuration}`,
      `--storage.path=${join(bed.folder, "alertmanager")}`,
      `--web.listen-address=${address}`,
      "--cluster.listen-address=",
    ],
  });
  await untilServing(running, "ready", async () => {
    const { ok } = await fetch(`http://${address}/-/ready`);
    return ok;
  });
  announce(`started Alertmanager on ${address}`);
  return { address };
}
