import { isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";

/** Whether this node has an address on an interface that is up; 127.0.0.0/8 it always has. */
export function isLocalAddress(address: string): boolean {
  if (isIPv4(address) && address.startsWith("127.")) return true;
  return Object.values(networkInterfaces()).some((entries) =>
    entries?.some((entry) => entry.address === address),
  );
}
