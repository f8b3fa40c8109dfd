import type { Bed } from "./bed.ts";
import {
  type Finished,
  mustRun,
  type ProcessOptions,
  run,
  type Running,
  startProcess,
} from "./processes.ts";
import { until } from "./until.ts";

/** Debian packages that it takes. */
export const NAMESPACE_PACKAGES = ["iproute2", "nftables"] as const;

/** A host of a test network: a network namespace with one interface, `eth0`. */
export interface Host {
  readonly name: string;
  readonly address: string;
  /** Runs a command on this host to its end. */
  run(command: string, args: readonly string[]): Promise<Finished>;
  start(options: ProcessOptions): Running;
  /**
   * Puts one rule in front of what comes in, in the words of nft: `tcp dport 25 drop`. Returns
   * what takes it back.
   */
  filterInput(rule: string): Promise<() => Promise<void>>;
  /** The body of an HTTP answer of class 2xx, as a client on this host gets it. */
  get(url: string): Promise<string>;
}

const prefixLength = 24;

const getProgram = `
const response = await fetch(process.argv[1]);
process.stdout.write(await response.text());
process.exitCode = response.ok ? 0 : 1;
`;

async function startNamespace(bed: Bed, name: string): Promise<Running> {
  const holder = startProcess(bed, {
    name: `namespace-${name}`,
    command: "unshare",
    args: ["--net", "sleep", "infinity"],
  });
  await until(`the network namespace of ${name}`, async () => {
    const own = await mustRun("readlink", ["/proc/self/ns/net"]);
    return own !== (await mustRun("readlink", [`/proc/${holder.pid}/ns/net`]));
  });
  return holder;
}

function enter(
  holder: Running,
  command: string,
  args: readonly string[],
): readonly [string, readonly string[]] {
  return ["nsenter", [`--net=/proc/${holder.pid}/ns/net`, "--", command, ...args]];
}

function hostOf(bed: Bed, name: string, address: string, holder: Running): Host {
  const mustRunInside = (command: string, args: readonly string[], input = ""): Promise<string> =>
    mustRun(...enter(holder, command, args), { input });
  const nft = (commands: string): Promise<string> =>
    mustRunInside("nft", ["--file", "-"], commands);
  let rules = 0;
  return {
    name,
    address,
    run: (command, args) => run(...enter(holder, command, args)),
    start(options) {
      const [command, args] = enter(holder, options.command, options.args);
      return startProcess(bed, { ...options, command, args });
    },
    async filterInput(rule) {
      rules += 1;
      const table = `inet rule${rules}`;
      await nft(
        `table ${table} { chain input { type filter hook input priority 0; ${rule}; }; }\n`,
      );
      return async () => {
        await nft(`delete table ${table}\n`);
      };
    },
    get: (url) =>
      mustRunInside(process.execPath, ["--input-type=module", "--eval", getProgram, url]),
  };
}

/**
 * Makes hosts that share one Ethernet segment, 10.77.0.0/24, apart from the network of this
 * machine. The namespaces live as long as the processes that hold them: a run that crashes leaves
 * none behind.
 */
export async function createNetwork<const Name extends string>(
  bed: Bed,
  names: readonly Name[],
): Promise<Readonly<Record<Name, Host>>> {
  const segment = await startNamespace(bed, "switch");
  const inSegment = (...args: readonly string[]): Promise<string> =>
    mustRun(...enter(segment, "ip", args));
  await inSegment(..."link add bridge type bridge forward_delay 0".split(" "));
  await inSegment(..."link set bridge up".split(" "));

  const hosts = names.map(async (name, index): Promise<readonly [Name, Host]> => {
    const holder = await startNamespace(bed, name);
    const address = `10.77.0.${index + 1}`;
    const ip = (line: string): Promise<string> => mustRun(...enter(holder, "ip", line.split(" ")));
    const port = `port${index}`;
    const pair = `link add ${port} type veth peer name eth0 netns ${holder.pid}`;
    await inSegment(...pair.split(" "));
    await inSegment(..."link set".split(" "), port, ..."master bridge up".split(" "));
    await ip("link set lo up");
    await ip("link set eth0 up");
    await ip(`address add ${address}/${prefixLength} dev eth0`);
    return [name, hostOf(bed, name, address, holder)];
  });
  return Object.fromEntries(await Promise.all(hosts)) as Readonly<Record<Name, Host>>;
}
