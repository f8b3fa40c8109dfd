import type { Writable } from "node:stream";
import type { Path, PathState, ProbeResult } from "../events.ts";
import type { FactDeclaration } from "../probe.ts";

/** What the HTTP side reads from the rest of the agent; it knows no other part of it. */
export interface ServerReaders {
  readonly metrics: MetricsReader;
  readonly paths: PathsReader;
  readonly prober: Prober;
  readonly lifecycle: Lifecycle;
}

/** The exposition behind the telemetry path. */
export interface MetricsReader {
  /** The content type to answer with, chosen from the request's `Accept`. */
  contentType(accept: string | undefined): string;
  /**
   * Writes the exposition in that format. Waits where `out` is full, gives up once it is destroyed,
   * and does not end it. A rejection cuts the response off.
   */
  writeTo(out: Writable, contentType: string): Promise<void>;
}

/** The paths as they stand, for the status page and the API. */
export interface PathsReader {
  /** Every path, in an order that is stable from call to call. Called once a request. */
  list(): readonly PathView[];
  find(id: string): PathDetail | undefined;
}

export interface PathView {
  readonly path: Path;
  readonly state: PathState;
  /** Unix time in milliseconds since which it is in that state; null while `unknown`. */
  readonly sinceMs: number | null;
  /** The newest result; null before the first one. */
  readonly lastResult: ResultSummary | null;
}

/** What a list shows of a result. */
export type ResultSummary = Pick<
  ProbeResult,
  "outcome" | "startedAtMs" | "durationSeconds" | "failure"
>;

export interface PathDetail extends PathView {
  /** Kept results with their transcripts, newest first. */
  readonly history: readonly ProbeResult[];
}

/** One probe on demand. */
export interface Prober {
  /** Never rejects for what the request asks for: a refusal is an answer. */
  probe(request: ProbeRequest): Promise<ProbeAnswer>;
}

export interface ProbeRequest {
  /** `HOST`, `HOST:PORT` or `[ADDRESS]:PORT`, as the client wrote it: not checked yet. */
  readonly target: string;
  readonly module: string;
  /** The address to leave from, as the client wrote it. */
  readonly source?: string;
  /** The probe may take no longer than this, nor than its module allows; undefined: the latter. */
  readonly timeoutMs: number | undefined;
}

export type ProbeAnswer =
  | {
      readonly ok: true;
      readonly prober: string;
      readonly result: ProbeResult;
      /** The declarations behind the result's facts: names of labels, help. */
      readonly facts: readonly FactDeclaration[];
    }
  | {
      readonly ok: false;
      readonly error: ProbeRefusal;
      /** One sentence for the client, without secrets. */
      readonly message: string;
    };

/**
 * Why a probe on demand was not run: the request does not name something that exists (the first
 * three), the configuration does not allow it, or the agent's limits are reached.
 */
export type ProbeRefusal =
  | "unknown_module"
  | "bad_target"
  | "bad_source"
  | "not_allowed"
  | "overloaded";

/** The agent as a whole. */
export interface Lifecycle {
  readonly version: string;
  readonly cluster: string;
  readonly node: string;
  /** True once every path that exists at the start has had its first result. */
  ready(): boolean;
  /** Loads the configuration again; what is wrong with it is an answer, not a rejection. */
  reload(): Promise<ReloadAnswer>;
  /** The running configuration as YAML, secrets already replaced. */
  configText(): string;
}

export type ReloadAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly errors: readonly string[] };

/** Where the HTTP side reports trouble: pino's shape. */
export interface ServerLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
