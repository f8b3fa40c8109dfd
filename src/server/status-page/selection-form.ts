import type { PathSelection } from "../path-selection.ts";
import type { PathView } from "../readers.ts";
import { type Markup, markup } from "./markup.ts";

/** Longer lists are typed, not chosen from. */
const MOST_OPTIONS = 100;

/** The form that narrows the table down; it sends the parameters that the API takes as well. */
export function selectionForm(views: readonly PathView[], selection: PathSelection): Markup {
  return markup`<form method="get" action="./" role="search" aria-label="Narrow down">
${choice("State", "state", ["down", "unknown", "up"], selection.state)}
${choice("IP resource", "ip_resource", names(views, "ipResource"), selection.ipResource)}
${choice("Direction", "direction", ["inbound", "outbound"], selection.direction)}
${choice("Peer", "peer", names(views, "peer"), selection.peer)}
${choice("Module", "module", names(views, "module"), selection.module)}
<button>Show</button> <a href="./">Show all</a>
</form>
`;
}

function names(views: readonly PathView[], key: "ipResource" | "peer" | "module"): string[] {
  const found = new Set<string>();
  for (const { path } of views) found.add(path[key]);
  found.delete("");
  return [...found].toSorted();
}

function choice(
  label: string,
  name: string,
  options: readonly string[],
  chosen: string | undefined,
): Markup {
  if (options.length > MOST_OPTIONS) {
    return markup`<label>${label} <input name="${name}" value="${chosen ?? ""}"></label>`;
  }
  const items = options.map((option) =>
    option === chosen
      ? markup`<option selected>${option}</option>`
      : markup`<option>${option}</option>`,
  );
  return markup`<label>${label} <select name="${name}"><option value="">all</option>${items}</select></label>`;
}
