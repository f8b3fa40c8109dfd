// The floor under the agent: the same exchange over bare sockets of node:net, without phases,
// deadlines, checks or anything that is kept. node bench/socket-side.mjs PORT [reuse]
import net from "node:net";
import { journey, serveLoads } from "./load.mjs";

/** @import { Finished, Load } from "./load.mjs" */
/** @typedef {{ stream: net.Socket, begin: (finished: Finished, source: string) => void }} Wire */

const FIRST_PORT = 61_000;
const LAST_PORT = 65_535;
const LINE_FEED = 10;

const [port, mode] = process.argv.slice(2);
/** @type {Finished} */
const nobody = () => {};
const buffer = Buffer.allocUnsafeSlow(65_536);
/** @type {Wire[]} */
const idle = [];
/** @type {Map<string, number>} */
const ports = new Map();

/** @param {string} source */
function nextPort(source) {
  const next = ports.get(source) ?? FIRST_PORT;
  ports.set(source, next === LAST_PORT ? FIRST_PORT : next + 1);
  return next;
}

/** @param {net.TcpSocketConnectOpts} options @returns {Wire} */
function newWire(options) {
  let replies = 0;
  let beganMs = 0;
  let source = "";
  let finished = nobody;
  const stream = net.connect({
    ...options,
    allowHalfOpen: true,
    onread: {
      buffer,
      callback(length) {
        if (buffer[length - 1] !== LINE_FEED) return true;
        replies++;
        if (replies === 1) stream.write(`EHLO [${source}]\r\n`, "latin1");
        if (replies === 2) stream.write("QUIT\r\n", "latin1");
        return true;
      },
    },
  });
  /** @type {Wire} */
  const wire = {
    stream,
    begin(whenFinished, from) {
      [replies, beganMs, source, finished] = [0, performance.now(), from, whenFinished];
    },
  };
  stream.on("error", () => {});
  stream.on("end", () => stream.destroy());
  stream.on("close", () => {
    if (mode === "reuse") idle.push(wire);
    finished(replies === 3, performance.now() - beganMs);
  });
  return wire;
}

/** @param {number} number @param {Load} load @param {number} _dueMs @param {Finished} finished */
function start(number, load, _dueMs, finished) {
  const { source, target } = journey(number, load);
  const localPort = nextPort(source);
  const options = { host: target, port: Number(port), localAddress: source, localPort };
  const kept = idle.pop();
  kept?.stream.connect(options);
  const wire = kept ?? newWire(options);
  wire.begin(finished, source);
}

serveLoads(start, (atMs, callback) => setTimeout(callback, atMs - performance.now()));
