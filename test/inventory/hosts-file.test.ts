import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { HostsFile } from "../../src/inventory/hosts-file.ts";

const folder = mkdtempSync(join(tmpdir(), "mta-exporter-hosts-"));
const path = join(folder, "hosts");

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("HostsFile", () => {
  beforeEach(() => {
    writeFileSync(
      path,
      [
        "# a comment",
        "127.0.0.1\tlocalhost mx.example.test # the second name counts too",
        "2001:0DB8::0025   MX.example.test alias",
        "192.0.2.1 mx.example.test mx.example.test",
        "not-an-address mx.example.test",
        "#192.0.2.2 mx.example.test",
        "",
      ].join("\n"),
    );
  });

  it("finds every address of a name, in any case, in the one text of each", async () => {
    const hosts = new HostsFile(path);
    const addresses = ["127.0.0.1", "2001:db8::25", "192.0.2.1"];
    expect(await hosts.addresses("mx.EXAMPLE.test")).toEqual(addresses);
    expect(await hosts.addresses("alias")).toEqual(["2001:db8::25"]);
    expect(await hosts.addresses("the")).toEqual([]);
  });

  it("is read anew for those who ask later", async () => {
    const hosts = new HostsFile(path);
    expect(await hosts.addresses("localhost")).toEqual(["127.0.0.1"]);
    writeFileSync(path, "192.0.2.7 localhost\n");
    expect(await hosts.addresses("localhost")).toEqual(["192.0.2.7"]);
  });

  it("is read once for all who ask at the same time", async () => {
    const hosts = new HostsFile(path);
    const answers = Array.from({ length: 5_000 }, () => hosts.addresses("alias"));
    expect(new Set((await Promise.all(answers)).flat())).toEqual(new Set(["2001:db8::25"]));
  });

  it("is empty when it cannot be read", async () => {
    expect(await new HostsFile(folder).addresses("localhost")).toEqual([]);
    expect(await new HostsFile(join(folder, "missing")).addresses("localhost")).toEqual([]);
  });
});
