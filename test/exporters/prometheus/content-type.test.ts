import { describe, expect, it } from "vitest";
import {
  negotiate,
  OPENMETRICS_FORMAT,
  TEXT_FORMAT,
} from "../../../src/exporters/prometheus/content-type.ts";

describe("negotiate", () => {
  it.each([
    [undefined],
    [""],
    ["*/*"],
    ["text/plain"],
    ["text/html, application/xhtml+xml, */*;q=0.8"],
    ["application/openmetrics-text;q=0.4, text/plain;q=0.5"],
    ["application/openmetrics-text;q=0.4, */*;q=0.5"],
    ["application/openmetrics-text;q=0"],
    ["application/openmetrics-text;q=junk"],
    ["application/openmetrics-text;version=0.0.1"],
    ["application/openmetrics-textile"],
    [";,;=,,q=1"],
  ])("answers %j with the text format", (accept) => {
    expect(negotiate(accept)).toBe(TEXT_FORMAT);
  });

  it.each([
    ["application/openmetrics-text"],
    ['Application/OpenMetrics-Text; version="1.0.0"; charset=utf-8'],
    ["text/plain, application/openmetrics-text"],
    ["application/openmetrics-text;q=0.5, text/plain;version=0.0.4;q=0.3, */*;q=0.9"],
    [
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75," +
        "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    ],
    [
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5," +
        "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
    ],
  ])("answers %j with OpenMetrics", (accept) => {
    expect(negotiate(accept)).toBe(OPENMETRICS_FORMAT);
  });
});
