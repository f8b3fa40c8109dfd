import { setImmediate, setInterval, setTimeout } from "node:timers/promises";
import { Gone, type PeerTls, type Step } from "./scripted-peer.ts";

type Octets = string | Buffer;

/** Octets that a flood writes at a time, about. */
const CHUNK = 65_536;

function buffer(octets: Octets): Buffer {
  return typeof octets === "string" ? Buffer.from(octets, "latin1") : octets;
}

/** Sends octets at once, in one segment where they fit into one. */
export function send(octets: Octets): Step {
  const data = buffer(octets);
  return ({ stream }) => {
    stream.write(data);
  };
}

/** Sends octets one at a time, `everyMs` apart. */
export function drip(octets: Octets, everyMs: number): Step {
  const data = buffer(octets);
  return async (session) => {
    for await (const rest of setInterval(everyMs, data.values())) {
      const next = rest.next();
      if (next.done === true) return;
      session.stream.write(Buffer.of(next.value));
    }
  };
}

/** Sends the same octets over and over, as fast as they are taken: for good, or so many of them. */
export function flood(octets: Octets, limit = Number.POSITIVE_INFINITY): Step {
  const once = buffer(octets);
  const data = Buffer.alloc(Math.max(once.length, CHUNK - (CHUNK % once.length)), once);
  return pour(data, limit);
}

function pour(data: Buffer, limit: number): Step {
  return async (session) => {
    if (limit <= 0) return;
    const { stream } = session;
    const written = new Promise<void>((resolve) => {
      stream.write(data, () => {
        resolve();
      });
    });
    await Promise.race([written, session.ended]);
    // The probe runs in the same process and must have its turn.
    await setImmediate();
    await pour(data, limit - data.length)(session);
  };
}

/** Waits for a line that begins so; any other line ends the script. */
export function hear(start: string): Step {
  return async (session) => {
    const line = await session.line();
    if (!line.startsWith(start)) throw new Gone();
  };
}

/** Waits for the beginning of the other side's handshake, and does not answer it. */
export const hearHello: Step = async ({ socket, ended }) => {
  const arrived = new Promise((resolve) => {
    socket.once("data", resolve);
  });
  await Promise.race([arrived, ended]);
};

/** Waits for the time given. */
export function pause(ms: number): Step {
  return async () => {
    await setTimeout(ms);
  };
}

/** Takes the server's part in a TLS handshake. */
export function startTls(offer: PeerTls): Step {
  return async (session) => {
    await session.startTls(offer);
  };
}

/** Closes, after all that was sent. */
export const fin: Step = ({ stream }) => {
  stream.end();
};

/** Resets the connection; what was not sent yet is lost. */
export const reset: Step = ({ socket }) => {
  socket.resetAndDestroy();
};

/** Reads nothing from here on. */
export const stopReading: Step = (session) => {
  session.stopReading();
};

/** Says nothing more until the other side is gone. */
export const silence: Step = async ({ ended }) => {
  await ended;
};
