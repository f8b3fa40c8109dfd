import { setTimeout } from "node:timers/promises";

const intervalMs = 20;

export interface UntilOptions {
  /** How long to wait at most; 10 seconds by default. */
  readonly timeoutMs?: number;
  /** Said in the error beside what was waited for: the end of a log, the last value seen. */
  readonly state?: () => string;
}

type Answer<T> = Exclude<T, false | null | undefined>;

/**
 * Asks again and again until the answer is neither false nor null nor undefined, and returns it.
 * An answer that throws counts as "not yet". Fails, naming what was waited for, after the time.
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  options: UntilOptions = {},
): Promise<Answer<T>> {
  const { timeoutMs = 10_000, state } = options;
  const deadlineMs = performance.now() + timeoutMs;
  const attempt = async (): Promise<Answer<T>> => {
    let cause: unknown = null;
    try {
      const answer = await ask();
      if (answer !== false && answer !== null && answer !== undefined) return answer as Answer<T>;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadlineMs) {
      const said = state === undefined ? "" : `\n${state()}`;
      throw new Error(`not within ${timeoutMs} ms: ${what}${said}`, { cause });
    }
    await setTimeout(intervalMs);
    return attempt();
  };
  return attempt();
}
