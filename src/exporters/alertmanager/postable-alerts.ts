import type { Notice } from "./alert-set.ts";

/** An alert as `POST /api/v2/alerts` takes it. */
export interface PostableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

/**
 * Notices as Alertmanager's API has them. A firing alert ends `firingMs` from now, so that it goes
 * away by itself when the agent dies, and is never taken for resolved while it is being resent.
 */
export function postableAlerts(
  notices: readonly Notice[],
  nowMs: number,
  firingMs: number,
): readonly PostableAlert[] {
  return notices.map(({ text, startsAtMs, resolvedAtMs }) => {
    const endsAtMs = resolvedAtMs ?? nowMs + firingMs;
    return {
      labels: text.labels,
      annotations: text.annotations,
      // Alertmanager refuses an alert that ends before it starts: the clock may have stepped back.
      startsAt: new Date(Math.min(startsAtMs, endsAtMs)).toISOString(),
      endsAt: new Date(endsAtMs).toISOString(),
      ...(URL.canParse(text.generatorUrl) ? { generatorURL: text.generatorUrl } : {}),
    };
  });
}
