import type { PathState } from "../../events.ts";
import type { PathView, ResultSummary } from "../readers.ts";
import { type Markup, markup } from "./markup.ts";
import { duration, span } from "./wording.ts";

export const STATE_WORDS: Readonly<Record<PathState, string>> = {
  down: "✗ failing",
  unknown: "… no result yet",
  up: "✓ working",
};

/** A result older than this many intervals is marked. */
const OVERDUE_INTERVALS = 3;

export const tableHead = markup`<thead><tr>
<th scope="col">State</th><th scope="col">IP resource</th><th scope="col">Direction</th>
<th scope="col">Peer</th><th scope="col">Module</th><th scope="col">Why</th>
<th scope="col" class="number">For</th><th scope="col" class="number">Last probe</th>
<th scope="col" class="number">Took</th>
</tr></thead>`;

/** One line of the table. */
export function pathRow(view: PathView, nowMs: number): Markup {
  const { path, state, sinceMs, lastResult } = view;
  return markup`<tr class="${state}">
<td class="state">${STATE_WORDS[state]}</td>
<td>${path.ipResource === "" ? markup`<em>control</em>` : named(path.ipResource, path.address)}</td>
<td>${path.direction}</td>
<td>${path.peer === "" ? "–" : named(path.peer, path.peerAddress)}</td>
<td><a href="api/v1/paths/${encodeURIComponent(path.id)}">${path.module}</a></td>
<td class="why">${lastResult === null ? null : why(lastResult)}</td>
<td class="number">${sinceMs === null ? "–" : span(nowMs - sinceMs)}</td>
${age(view, nowMs)}
<td class="number">${lastResult === null ? "–" : duration(lastResult.durationSeconds)}</td>
</tr>
`;
}

function named(name: string, address: string): Markup {
  return address === "" || address === name
    ? markup`${name}`
    : markup`${name}<small>${address}</small>`;
}

function why({ outcome, failure }: ResultSummary): Markup | null {
  if (failure === null) return null;
  const { phase, reason, code, detail } = failure;
  const number = code === null ? "" : ` (${code})`;
  const note = outcome === "inconclusive" ? markup` <em>inconclusive</em>` : null;
  return markup`<code>${phase}</code> <code>${reason}</code>${number}${note}<small>${detail}</small>`;
}

function age({ path, lastResult }: PathView, nowMs: number): Markup {
  if (lastResult === null) return markup`<td class="number">–</td>`;
  const ageMs = nowMs - lastResult.startedAtMs;
  return ageMs > path.intervalSeconds * 1000 * OVERDUE_INTERVALS
    ? markup`<td class="number overdue">${span(ageMs)} ago<small>overdue</small></td>`
    : markup`<td class="number">${span(ageMs)} ago</td>`;
}
