import { z } from "zod";
import { defineProbe } from "../probe.ts";

/** Connects and closes: is there a listener that can be reached from this source? */
export const tcpProbe = defineProbe({
  type: "tcp",
  summary: "Opens a TCP connection and closes it.",
  settings: z.strictObject({
    port: z.int().min(1).max(65_535).default(25).describe("Port to connect to."),
  }),
  phases: ["resolve", "source", "connect"],
  facts: {},
  closesFirst: true,
  async run(context) {
    const connection = await context.connect();
    context.note("probe", "connected");
    connection.closeFirst();
  },
});
