import type { PathState } from "../../events.ts";
import { failingFirst, type PathSelection, selectPaths } from "../path-selection.ts";
import type { Lifecycle, PathView } from "../readers.ts";
import { type Markup, markup } from "./markup.ts";
import { STATE_WORDS, pathRow, tableHead } from "./rows.ts";
import { selectionForm } from "./selection-form.ts";
import { STYLE } from "./style.ts";
import { counted } from "./wording.ts";

/** Paths on one page. */
const PAGE_ROWS = 2000;
const ROWS_A_PART = 100;

export interface StatusPage {
  readonly lifecycle: Lifecycle;
  readonly telemetryPath: string;
  readonly views: readonly PathView[];
  readonly selection: PathSelection;
  /** Counted from 1; a page beyond the last shows the last. */
  readonly pageNumber: number;
  readonly nowMs: number;
}

/** The page in parts of some hundred lines, made as they are asked for. */
export function* statusPageParts(page: StatusPage): Generator<string> {
  const { views, selection, nowMs } = page;
  yield String(head(page));
  yield String(selectionForm(views, selection));

  const selected = failingFirst(selectPaths(views, selection));
  const pages = Math.max(1, Math.ceil(selected.length / PAGE_ROWS));
  const pageNumber = Math.min(page.pageNumber, pages);
  const first = (pageNumber - 1) * PAGE_ROWS;
  const shown = selected.slice(first, first + PAGE_ROWS);
  yield String(markup`<div class="scroll" role="region" aria-label="Paths" tabindex="0"><table>
<caption>${extent(first, shown.length, selected.length)}</caption>
${tableHead}
<tbody>
`);
  for (let start = 0; start < shown.length; start += ROWS_A_PART) {
    const rows = shown.slice(start, start + ROWS_A_PART);
    yield rows.map((view) => String(pathRow(view, nowMs))).join("");
  }
  yield String(markup`</tbody></table></div>
${pages === 1 ? null : pager(selection, pageNumber, pages)}
</main></body></html>
`);
}

function head({ lifecycle, telemetryPath, views }: StatusPage): Markup {
  const { cluster, node, version } = lifecycle;
  const counts: Record<PathState, number> = { down: 0, unknown: 0, up: 0 };
  for (const { state } of views) counts[state] += 1;
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${counts.down === 0 ? "" : `${counts.down} failing · `}${cluster} · mta-exporter</title>
<style>${STYLE}</style></head>
<body>
<header><h1>mta-exporter</h1>
<p>cluster <strong>${cluster}</strong> · node <strong>${node}</strong> · version ${version}</p></header>
<nav aria-label="Pages"><ul>
<li><a href="${telemetryPath.slice(1)}">Metrics</a></li>
<li><a href="config">Configuration</a></li>
<li><a href="api/v1/paths">Paths as JSON</a></li>
<li><a href="-/healthy">Health</a></li>
<li><a href="-/ready">Readiness</a></li>
</ul></nav>
<main>
<ul class="counts" aria-label="Paths by state">
${counter("down", counts.down)}
${counter("unknown", counts.unknown)}
${counter("up", counts.up)}
</ul>
`;
}

function counter(state: PathState, count: number): Markup {
  return markup`<li class="${state}"><a href="?state=${state}"><strong>${count}</strong>${STATE_WORDS[state]}</a></li>`;
}

function extent(first: number, shown: number, selected: number): string {
  if (shown === selected) return `${counted(selected, "path")}, failing ones first`;
  return `Paths ${first + 1} to ${first + shown} of ${selected}, failing ones first`;
}

function pager(selection: PathSelection, pageNumber: number, pages: number): Markup {
  const link = (target: number, text: string) =>
    target < 1 || target > pages
      ? null
      : markup`<li><a href="?${pageQuery(selection, target)}">${text}</a></li>`;
  return markup`<nav aria-label="More paths"><ul>
<li>Page ${pageNumber} of ${pages}</li>
${link(pageNumber - 1, "Previous")}
${link(pageNumber + 1, "Next")}
</ul></nav>`;
}

function pageQuery(selection: PathSelection, pageNumber: number): string {
  const { state, direction, ipResource, peer, module } = selection;
  const query = new URLSearchParams({ page: `${pageNumber}` });
  const given = { state, direction, ip_resource: ipResource, peer, module };
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) query.set(name, value);
  }
  return query.toString();
}
