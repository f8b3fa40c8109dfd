/** What people are told of an alert. Labels are its identity: nothing in them changes while it lasts. */
export interface AlertText {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The page of what is at fault. */
  readonly generatorUrl: string;
}

/** An alert as it stood when it was last due: what a queue holds. */
export interface Notice {
  /** Tells alerts apart; the next notice of the same alert takes this one's place. */
  readonly key: string;
  readonly text: AlertText;
  /** Unix time in milliseconds at which it began to fire; the same in every notice of it. */
  readonly startsAtMs: number;
  /** Unix time in milliseconds at which it was resolved; null while it fires. */
  readonly resolvedAtMs: number | null;
}

/** A moment on both clocks: the monotonic one decides what is due, the other is shown. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** How often and how long alerts are sent again. */
export interface ResendTimes {
  /** A firing alert, and a resolved one, is due again after this. */
  readonly resendMs: number;
  /** A resolved alert is sent again for this long: until no Alertmanager can have missed it. */
  readonly resolvedMs: number;
}

interface Active {
  readonly startsAtMs: number;
  resolved: Moment | null;
  lastDueMs: number | null;
}

interface Entry {
  /** Asked for when a notice is made: what is known of the cause may have changed by then. */
  text: () => AlertText;
  /** On the monotonic clock: when it fires, unless its cause ends before; null when it has none. */
  firesAtMs: number | null;
  active: Active | null;
}

/**
 * The alerts that are pending, firing or lately resolved, and which of them have to be sent when.
 * Pure: it is told the time.
 */
export class AlertSet {
  readonly #times: ResendTimes;
  readonly #entries = new Map<string, Entry>();

  constructor(times: ResendTimes) {
    this.#times = times;
  }

  /** Alerts known, whether pending, firing or resolved. */
  get size(): number {
    return this.#entries.size;
  }

  /** The cause of an alert began: it fires after `afterMs`. One that is raised already stays so. */
  raise(key: string, text: () => AlertText, afterMs: number, now: Moment): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#entries.set(key, { text, firesAtMs: now.monotonicMs + afterMs, active: null });
    } else {
      entry.text = text;
      entry.firesAtMs ??= now.monotonicMs + afterMs;
    }
  }

  /** More is known of a cause: told when the alert is due next. No news of an alert not raised. */
  retext(key: string, text: () => AlertText): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.firesAtMs !== null) entry.text = text;
  }

  /**
   * The cause of an alert ended. One that was pending is gone; one that fired is due as resolved,
   * and then the answer is true.
   */
  resolve(key: string, now: Moment): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.firesAtMs === null) return false;
    entry.firesAtMs = null;
    if (entry.active === null) this.#entries.delete(key);
    if (entry.active === null || entry.active.resolved !== null) return false;
    entry.active.resolved = now;
    entry.active.lastDueMs = null;
    return true;
  }

  /** What has to be sent now; it is due again after the resend time. */
  due(now: Moment): readonly Notice[] {
    const notices: Notice[] = [];
    for (const [key, entry] of this.#entries) {
      this.#advance(key, entry, now);
      const { active } = entry;
      if (active === null) continue;
      const { lastDueMs } = active;
      if (lastDueMs !== null && now.monotonicMs - lastDueMs < this.#times.resendMs) continue;
      active.lastDueMs = now.monotonicMs;
      notices.push(noticeOf(key, entry, active));
    }
    return notices;
  }

  /** Every alert that fires or was lately resolved, due or not: for an Alertmanager that is new. */
  all(): readonly Notice[] {
    return [...this.#entries].flatMap(([key, entry]) =>
      entry.active === null ? [] : [noticeOf(key, entry, entry.active)],
    );
  }

  /** Lets a pending alert fire whose time has come, and forgets one that was resolved long ago. */
  #advance(key: string, entry: Entry, now: Moment): void {
    const { firesAtMs, active } = entry;
    const fires = firesAtMs !== null && now.monotonicMs >= firesAtMs;
    if (fires && (active === null || active.resolved !== null)) {
      entry.active = { startsAtMs: now.wallMs, resolved: null, lastDueMs: null };
    } else if (
      active?.resolved != null &&
      now.monotonicMs - active.resolved.monotonicMs > this.#times.resolvedMs
    ) {
      entry.active = null;
      if (firesAtMs === null) this.#entries.delete(key);
    }
  }
}

function noticeOf(key: string, { text }: Entry, { startsAtMs, resolved }: Active): Notice {
  return { key, text: text(), startsAtMs, resolvedAtMs: resolved?.wallMs ?? null };
}
