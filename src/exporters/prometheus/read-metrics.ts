import { Counter, Gauge, type Registry } from "prom-client";

/** A metric of one series whose value is asked for when it is scraped. */
export interface ReadMetric {
  readonly registry: Registry;
  readonly name: string;
  readonly help: string;
  readonly read: () => number;
}

export function readGauge({ registry, name, help, read }: ReadMetric): Gauge {
  return new Gauge({
    registers: [registry],
    name,
    help,
    collect() {
      this.set(read());
    },
  });
}

/** `read` returns what has been counted so far. */
export function readCounter({ registry, name, help, read }: ReadMetric): Counter {
  return new Counter({
    registers: [registry],
    name,
    help,
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}
