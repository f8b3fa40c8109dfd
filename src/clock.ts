import { performance } from "node:perf_hooks";

/** Time as the agent sees it; injected, so that tests decide what time it is. */
export interface Clock {
  /** Milliseconds from an arbitrary point that never steps; for every duration and deadline. */
  monotonicMs(): number;
  /** Milliseconds since the Unix epoch; for timestamps that people and Prometheus read. */
  wallMs(): number;
  /** Calls back once, `delayMs` from now. */
  setTimer(delayMs: number, callback: () => void): Timer;
}

/** A timer that has been set and can be taken back. */
export interface Timer {
  cancel(): void;
}

/** Many timers behind one: cheap to arm and to cancel, for deadlines and schedules. */
export interface TimerQueue {
  /** Calls back once, at or just after `atMs` of the monotonic clock. */
  at(atMs: number, callback: () => void): Timer;
}

/** The host's clock. */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
};
