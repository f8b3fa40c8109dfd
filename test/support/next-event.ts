import type { AgentEvents, EventBus, EventName } from "../../src/events.ts";

/** The next event of a name. */
export function nextEvent<N extends EventName>(bus: EventBus, name: N): Promise<AgentEvents[N]> {
  return new Promise((resolve) => {
    const unsubscribe = bus.on(name, (event) => {
      unsubscribe();
      resolve(event);
    });
  });
}
