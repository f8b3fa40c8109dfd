import type { Notice } from "../../../src/exporters/alertmanager/alert-set.ts";

export const STARTED_AT_MS = Date.UTC(2026, 0, 1);

/** A firing notice unless told otherwise. */
export function someNotice(key: string, fields: Partial<Notice> = {}): Notice {
  return {
    key,
    text: {
      labels: { alertname: "MtaPathFaulty", module: key },
      annotations: { summary: "A mail path does not work" },
      generatorUrl: `http://agent.example:10225/api/v1/paths/${key}`,
    },
    startsAtMs: STARTED_AT_MS,
    resolvedAtMs: null,
    ...fields,
  };
}

export function someNotices(count: number): readonly Notice[] {
  return Array.from({ length: count }, (_, index) => someNotice(`n${index}`));
}
