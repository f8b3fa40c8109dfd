import { Writable } from "node:stream";
import type { Exposition } from "../../src/exporters/prometheus/exposition.ts";

/** The body that a scrape with this Accept header is answered with. */
export async function scraped(exposition: Exposition, accept?: string): Promise<string> {
  const chunks: Buffer[] = [];
  const out = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      chunks.push(chunk);
      setImmediate(callback);
    },
  });
  await exposition.writeTo(out, exposition.contentType(accept));
  return Buffer.concat(chunks).toString("utf8");
}
