import type { HostilePeer } from "../../support/hostile-peer.ts";
import { fin, flood, hear, pause, reset, send, silence } from "../../support/peer-steps.ts";
import { banner, goodbye, parting } from "../../support/smtp-dialogue.ts";

const asked = [banner, ...parting] as const;
const bye = send("221 2.0.0 bye\r\n");

/** Whatever becomes of QUIT, the question is answered: the probe succeeds. */
export const quitPeers: readonly HostilePeer[] = [
  {
    does: "does not answer",
    script: [...asked, silence],
    warning: ["quit", "timeout"],
    takesTheLimit: true,
  },
  {
    does: "does not answer, with time left",
    script: [...asked, silence],
    warning: ["quit", "timeout"],
    takesTheLimit: true,
    probe: { timeoutMs: 2_000, phaseTimeoutsMs: { quit: 200 } },
  },
  {
    does: "closes without an answer",
    script: [...asked, fin],
    warning: ["quit", "connection_closed"],
  },
  {
    does: "closes inside its answer",
    script: [...asked, send("221 by"), fin],
    warning: ["quit", "connection_closed"],
  },
  { does: "resets", script: [...asked, reset], warning: ["quit", "connection_reset"] },
  {
    does: "closes before it is asked",
    script: [banner, hear("EHLO"), send("250 mx\r\n"), fin],
    warning: ["quit", "connection_closed"],
  },
  {
    does: "refuses",
    script: [...asked, send("554 5.5.1 stay\r\n"), silence],
    warning: ["quit", "rejected_permanent", 554],
  },
  {
    does: "refuses for now",
    script: [...asked, send("451 4.3.0 busy\r\n"), silence],
    warning: ["quit", "rejected_transient", 451],
  },
  {
    does: "shuts down",
    script: [...asked, send("421 4.3.2 shutting down\r\n"), fin],
    warning: ["quit", "rejected_transient", 421],
  },
  {
    does: "answers with another code",
    script: [...asked, send("250 ok\r\n"), silence],
    warning: ["quit", "protocol_error", 250],
  },
  {
    does: "answers junk",
    script: [...asked, send("bye\r\n"), silence],
    warning: ["quit", "protocol_error"],
  },
  {
    does: "answers without end",
    script: [...asked, flood("221-bye\r\n")],
    warning: ["quit", "limit_exceeded"],
  },
  {
    does: "answers twice",
    script: [...asked, send("221 bye\r\n221 bye\r\n"), fin],
    warning: ["quit", "protocol_error", 221],
  },
  { does: "resets after its answer", script: [...asked, bye, pause(20), reset] },
  { does: "answers and closes", script: [banner, ...goodbye] },
];
