import dgram, { type RemoteInfo } from "node:dgram";
import { once } from "node:events";
import ipaddr from "ipaddr.js";

/** What a name server says of one type of record of a name; of no record it says nothing at all. */
export type Records =
  | { readonly addresses: readonly string[]; readonly ttlSeconds: number }
  | "servfail"
  | "silence";

/** The records of a name. A type that is missing does not exist, though the name does (NODATA). */
export interface Name {
  readonly a?: Records;
  readonly aaaa?: Records;
}

const TYPES: Readonly<Record<number, keyof Name>> = { 1: "a", 28: "aaaa" };
const CODES = { servfail: 2, nxdomain: 3 } as const;
const HEADER_OCTETS = 12;

interface Question {
  readonly name: string;
  readonly type: number;
  /** The message up to the end of the question. */
  readonly octets: Buffer;
}

/**
 * A name server on loopback over UDP that knows the names it is given, and says of any other that it
 * does not exist (RFC 1035).
 */
export class DnsServer {
  readonly names: Map<string, Name>;
  /** Names that were asked for, in the order of the questions, with the type asked for. */
  readonly asked: string[] = [];
  readonly #socket = dgram.createSocket("udp4");

  private constructor(names: Readonly<Record<string, Name>>) {
    this.names = new Map(Object.entries(names));
    this.#socket.on("message", (message, from) => {
      this.#answer(message, from);
    });
  }

  static async start(names: Readonly<Record<string, Name>> = {}): Promise<DnsServer> {
    const server = new DnsServer(names);
    server.#socket.bind(0, "127.0.0.1");
    await once(server.#socket, "listening");
    return server;
  }

  /** As a resolver takes it: `ADDRESS:PORT`. */
  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  async close(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, "close");
  }

  #answer(message: Buffer, from: RemoteInfo): void {
    const question = questionOf(message);
    const type = TYPES[question.type];
    this.asked.push(`${question.name} ${type ?? question.type}`);
    const name = this.names.get(question.name);
    const records = type === undefined ? undefined : name?.[type];
    if (records === "silence") return;
    const answer = answerTo(question, name === undefined ? "nxdomain" : records);
    this.#socket.send(answer, from.port, from.address);
  }
}

function questionOf(message: Buffer): Question {
  const labels: string[] = [];
  let at = HEADER_OCTETS;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += length + 1;
  }
  const octets = message.subarray(0, at + 5);
  return { name: labels.join(".").toLowerCase(), type: message.readUInt16BE(at + 1), octets };
}

function answerTo(
  question: Question,
  records: Exclude<Records, "silence"> | "nxdomain" | undefined,
): Buffer {
  const { addresses, ttlSeconds } =
    typeof records === "object" ? records : { addresses: [], ttlSeconds: 0 };
  const code = typeof records === "string" ? CODES[records] : 0;
  const head = Buffer.from(question.octets);
  // A response to a recursive query, from a server that recurses.
  head.writeUInt16BE(0x8180 | code, 2);
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt32BE(0, 8);
  const answers = addresses.map((address) => record(question.type, address, ttlSeconds));
  return Buffer.concat([head, ...answers]);
}

function record(type: number, address: string, ttlSeconds: number): Buffer {
  const data = Buffer.from(ipaddr.parse(address).toByteArray());
  const fixed = Buffer.alloc(12);
  // The name: a pointer to the question's.
  fixed.writeUInt16BE(0xc000 | HEADER_OCTETS, 0);
  fixed.writeUInt16BE(type, 2);
  fixed.writeUInt16BE(1, 4);
  fixed.writeUInt32BE(ttlSeconds, 6);
  fixed.writeUInt16BE(data.length, 10);
  return Buffer.concat([fixed, data]);
}
