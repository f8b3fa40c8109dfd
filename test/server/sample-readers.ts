import { EventEmitter, once } from "node:events";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { systemClock } from "../../src/clock.ts";
import { type AppOptions, buildApp } from "../../src/server/app.ts";
import { DEFAULT_LIMITS } from "../../src/server/limits.ts";
import type {
  Lifecycle,
  MetricsReader,
  PathDetail,
  PathsReader,
  ProbeAnswer,
  Prober,
  ProbeRequest,
  ReloadAnswer,
  ServerLog,
  ServerReaders,
} from "../../src/server/readers.ts";
import { success } from "../support/results.ts";

/** An exposition of a given number of octets. */
class SampleMetrics implements MetricsReader {
  text = "mta_probe_success 1\n";
  writes = 0;
  failure: Error | null = null;

  contentType(accept: string | undefined): string {
    return accept?.startsWith("application/openmetrics-text") === true
      ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
      : "text/plain; version=0.0.4; charset=utf-8";
  }

  async writeTo(out: Writable): Promise<void> {
    this.writes += 1;
    if (this.failure !== null) throw this.failure;
    const parts: string[] = [];
    for (let start = 0; start < this.text.length; start += 65_536) {
      parts.push(this.text.slice(start, start + 65_536));
    }
    await pipeline(Readable.from(parts), out, { end: false });
  }
}

class SamplePaths implements PathsReader {
  views: PathDetail[] = [];

  list(): readonly PathDetail[] {
    return this.views;
  }

  find(id: string): PathDetail | undefined {
    return this.views.find((view) => view.path.id === id);
  }
}

class SampleProber implements Prober {
  readonly requests: ProbeRequest[] = [];
  answer: () => Promise<ProbeAnswer> = async () => ({
    ok: true,
    prober: "smtp",
    result: success(),
    facts: [],
  });

  async probe(request: ProbeRequest): Promise<ProbeAnswer> {
    this.requests.push(request);
    return this.answer();
  }
}

class SampleLifecycle implements Lifecycle {
  readonly version = "1.2.3";
  readonly cluster = "mail1";
  readonly node = "mail1-a";
  isReady = true;
  reloads = 0;
  reloadAnswer: ReloadAnswer = { ok: true };

  ready(): boolean {
    return this.isReady;
  }

  async reload(): Promise<ReloadAnswer> {
    this.reloads += 1;
    return this.reloadAnswer;
  }

  configText(): string {
    return "cluster: mail1\npassword: <secret>\n";
  }
}

/** Keeps what is logged. */
export class SampleLog implements ServerLog {
  readonly lines: { readonly fields: object; readonly message: string }[] = [];

  warn(fields: object, message: string): void {
    this.lines.push({ fields, message });
  }

  error(fields: object, message: string): void {
    this.lines.push({ fields, message });
  }
}

/** Something that waits until it is told to go on. */
export function latch(): { readonly opened: Promise<unknown>; readonly open: () => void } {
  const events = new EventEmitter();
  return { opened: once(events, "open"), open: () => events.emit("open") };
}

export interface Samples extends ServerReaders {
  readonly metrics: SampleMetrics;
  readonly paths: SamplePaths;
  readonly prober: SampleProber;
  readonly lifecycle: SampleLifecycle;
}

export function sampleReaders(): Samples {
  return {
    metrics: new SampleMetrics(),
    paths: new SamplePaths(),
    prober: new SampleProber(),
    lifecycle: new SampleLifecycle(),
  };
}

/** The app over sample readers, for `inject`. */
export async function sampleApp(options: Partial<AppOptions> = {}) {
  const readers = sampleReaders();
  const log = new SampleLog();
  const app = await buildApp(readers, {
    telemetryPath: "/metrics",
    log,
    clock: systemClock,
    limits: DEFAULT_LIMITS,
    guard: null,
    ...options,
  });
  return { app, log, ...readers };
}
