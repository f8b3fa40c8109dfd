import net, { type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Responder, startSmtpResponder } from "../../src/demo/smtp-responder.ts";

let peer: Responder;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await peer.close();
});

/** Says these octets to the peer at once, and returns all that it says until it closes. */
async function said(octets: string, localAddress = "127.0.0.1"): Promise<string> {
  const socket = net.connect({ host: "127.0.0.1", port: peer.port, localAddress });
  sockets.push(socket);
  socket.write(octets);
  let heard = "";
  socket.on("data", (data) => {
    heard += data.toString();
  });
  await new Promise((resolve) => {
    socket.on("error", resolve);
    socket.on("close", resolve);
  });
  return heard;
}

describe("the demo's SMTP peer", () => {
  it("greets, answers EHLO, HELO, NOOP and QUIT, and closes first", async () => {
    peer = await startSmtpResponder({ name: "mx.example.test", address: "127.0.0.1" });
    const dialogue = "EHLO a.test\r\nhelo a.test\r\nNOOP\r\nMAIL FROM:<>\r\nQUIT\r\nNOOP\r\n";
    expect(await said(dialogue)).toBe(
      [
        "220 mx.example.test ESMTP demo",
        "250-mx.example.test",
        "250-PIPELINING",
        "250-ENHANCEDSTATUSCODES",
        "250 8BITMIME",
        "250 mx.example.test",
        "250 2.0.0 fine",
        "502 5.5.1 this is a demo",
        "221 2.0.0 mx.example.test closes",
        "",
      ].join("\r\n"),
    );
  });

  it("turns away whom it is told to, and waits for QUIT then", async () => {
    const refuses = ["127.0.0.12"];
    peer = await startSmtpResponder({ name: "mx.example.test", address: "127.0.0.1", refuses });
    expect(await said("EHLO a.test\r\nQUIT\r\n", "127.0.0.12")).toBe(
      "554 5.7.1 mx.example.test takes no mail from 127.0.0.12\r\n" +
        "503 5.5.1 only QUIT now\r\n" +
        "221 2.0.0 mx.example.test closes\r\n",
    );
    expect(await said("QUIT\r\n", "127.0.0.11")).toMatch(/^220 /);
  });

  it("hangs up on a line without end", async () => {
    peer = await startSmtpResponder({ name: "mx.example.test", address: "127.0.0.1" });
    expect(await said("x".repeat(10_000))).not.toContain("502");
  });

  it("closes with those who are still connected", async () => {
    peer = await startSmtpResponder({ name: "mx.example.test", address: "127.0.0.1" });
    const hanging = said("EHLO a.test\r\n");
    await new Promise((resolve) => {
      sockets[0]?.once("data", resolve);
    });
    await peer.close();
    expect(await hanging).toContain("220 mx.example.test ESMTP demo\r\n");
  });
});
