import { createServer } from "node:net";
import { type Responder, startSmtpResponder } from "./smtp-responder.ts";

/** What the demo runs against: its peers, and the configuration that probes them. */
export interface DemoBed {
  /** The configuration, as YAML. */
  readonly configuration: string;
  close(): Promise<void>;
}

/** Loopback addresses to play the two IP resources; systems other than Linux have few of them. */
const CANDIDATES = ["127.0.0.11", "127.0.0.12", "127.0.0.1"];

/**
 * Starts an MTA on two IP resources and two partners. The second partner is broken on purpose: it
 * refuses whoever calls from the second IP resource, as a blocklist does with one address of a pool.
 */
export async function startDemoBed(): Promise<DemoBed> {
  const [first, second] = await usable(CANDIDATES);
  if (first === undefined || second === undefined) {
    throw new Error("the demo needs two addresses on the loopback interface");
  }
  const ours = [
    await startSmtpResponder({ name: "mta-a.demo.example", address: first }),
    await startSmtpResponder({ name: "mta-b.demo.example", address: second }),
  ] as const;
  const partner = await startSmtpResponder({ name: "mx.partner.example", address: "127.0.0.1" });
  const blocking = await startSmtpResponder({
    name: "mx.blocking.example",
    address: "127.0.0.1",
    refuses: [second],
  });
  const responders: readonly Responder[] = [...ours, partner, blocking];
  return {
    configuration: configuration({
      vips: [first, second],
      vipPorts: [ours[0].port, ours[1].port],
      partnerPort: partner.port,
      blockingPort: blocking.port,
    }),
    close: async () => {
      await Promise.all(responders.map((responder) => responder.close()));
    },
  };
}

interface DemoAddresses {
  readonly vips: readonly [string, string];
  readonly vipPorts: readonly [number, number];
  readonly partnerPort: number;
  readonly blockingPort: number;
}

function configuration({ vips, vipPorts, partnerPort, blockingPort }: DemoAddresses): string {
  return `cluster: demo
node: demo-node
defaults: { schedule: "*/5 * * * * *", timeout: 2s }
modules:
  smtp: { prober: smtp, smtp: { ehlo_name: probe.demo.example } }
ip_resources:
  - { name: vip-a, address: ${vips[0]}, inbound: [smtp], smtp: { port: ${vipPorts[0]} } }
  - { name: vip-b, address: ${vips[1]}, inbound: [smtp], smtp: { port: ${vipPorts[1]} } }
peers:
  - { name: partner, host: 127.0.0.1, outbound: [smtp], smtp: { port: ${partnerPort} } }
  - { name: blocking, host: 127.0.0.1, outbound: [smtp], smtp: { port: ${blockingPort} } }
`;
}

async function usable(addresses: readonly string[]): Promise<string[]> {
  const checks = await Promise.all(addresses.map(canListen));
  return addresses.filter((_, index) => checks[index]);
}

async function canListen(address: string): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => {
      resolve(false);
    });
    server.listen(0, address, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
