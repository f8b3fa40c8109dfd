import type { z } from "zod";
import type { Phase } from "./errors.ts";
import type { Connection } from "./net/connection.ts";

/** A metric that a probe type fills: always a gauge of the last probe. */
export interface FactDeclaration {
  /** Full metric name, for example `mta_smtp_reply_code`. */
  readonly metric: string;
  readonly help: string;
  /** Labels beside the path's own; their values come from closed lists, never from the peer. */
  readonly labels?: readonly string[];
}

/** Where a run of a probe goes. */
export interface ProbeTarget {
  /** The name or address as configured: what a certificate is checked against. */
  readonly host: string;
  /** The address to dial; null while `resolve` has to find it. */
  readonly address: string | null;
  readonly port: number;
  /** The address to leave from; null leaves the choice to the kernel. */
  readonly source: string | null;
  /** Finds the address when there is none yet; fails as a `ProbeFailure` in phase `resolve`. */
  readonly resolve?: () => Promise<string>;
}

/** Settings that every probe type has: the port that is dialled. */
export interface ProbeSettings {
  readonly port: number;
}

/** What a run of a probe is given: all it knows of the world. */
export interface ProbeContext<Facts extends Readonly<Record<string, FactDeclaration>>> {
  readonly target: ProbeTarget;
  /**
   * Dials the target from its source, within the limits; passes the phases `resolve`, `source` and
   * `connect`. Fails as a `ProbeFailure`. The connection is closed for the probe when it ends.
   */
  connect(): Promise<Connection>;
  /** Ends the phase before and starts this one. */
  enter(phase: Phase): void;
  /** A line of the transcript. The text is made printable here; secrets must not be in it. */
  note(from: "probe" | "peer", text: string): void;
  /**
   * The question is answered: whatever fails from here on is a warning, and gets little time.
   */
  answered(): void;
  /** A number for a metric; `labels` in the order of the declaration. */
  fact(name: keyof Facts & string, value: number, ...labels: readonly string[]): void;
  /** What the peer said of itself: text is made printable here, and never becomes a label. */
  describe(key: string, value: string | number | boolean | readonly string[] | null): void;
}

/** A probe type: one file that says what it needs, what it measures and how it runs. */
export interface ProbeType {
  /** Its name: the value of `prober`, and the key of its settings in a module. */
  readonly type: string;
  /** One sentence for the reference page. */
  readonly summary: string;
  /** Its settings; every key has a description and, where there is one, a default. */
  readonly settings: z.ZodObject;
  /** The phases it can be in, in order. */
  readonly phases: readonly Phase[];
  readonly facts: Readonly<Record<string, FactDeclaration>>;
  /** Whether a probe that succeeds leaves TIME_WAIT on the source address (it closes first). */
  readonly closesFirst: boolean;
  readonly run: (
    context: ProbeContext<Readonly<Record<string, FactDeclaration>>>,
    settings: never,
  ) => Promise<void>;
}

interface ProbeDefinition<
  Settings extends z.ZodObject,
  Facts extends Readonly<Record<string, FactDeclaration>>,
> extends Omit<ProbeType, "settings" | "facts" | "run"> {
  readonly settings: Settings;
  readonly facts: Facts;
  readonly run: (context: ProbeContext<Facts>, settings: z.output<Settings>) => Promise<void>;
}

/**
 * Declares a probe type. `run` returns when the question is answered and throws a `ProbeFailure`
 * when it is not; a fact that is not declared does not compile.
 */
export function defineProbe<
  Settings extends z.ZodObject,
  const Facts extends Readonly<Record<string, FactDeclaration>>,
>(definition: ProbeDefinition<Settings, Facts>): ProbeDefinition<Settings, Facts> & ProbeType {
  return definition;
}
