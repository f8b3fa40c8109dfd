import { PHASES, REASONS, type Phase, type Reason } from "../errors.ts";
import { PHASE_ADVICE, REASON_ADVICE } from "./advice.ts";
import type { Alert } from "./alert.ts";

const MADE_FROM =
  "<!-- Made from src/alerts. To make it anew: npx vitest run --project unit -u test/alerts/runbook.test.ts -->";

/** An alert's runbook page, Markdown. */
export function renderRunbook(alert: Alert): string {
  const { meaning, impact, diagnosis, explainsReasons } = alert.runbook;
  const sections = [
    `# ${alert.name}`,
    MADE_FROM,
    section("What it means", meaning),
    section("When it fires", alert.cases.map(conditions).join("\n\n")),
    section("Impact", impact),
    section("How to find the cause", diagnosis),
    ...(explainsReasons
      ? [section("Phases", phaseTable()), section("Reasons", reasonTable())]
      : []),
    section("How to silence it", silencing(alert)),
  ];
  return `${sections.join("\n\n")}\n`;
}

function section(title: string, text: string): string {
  return `## ${title}\n\n${text.trim()}`;
}

function conditions({ severity, summary, expression, forSeconds }: Alert["cases"][number]): string {
  const lines = [`${summary}: severity \`${severity}\`, after ${forSeconds} seconds of`];
  return [...lines, "", "```promql", expression, "```"].join("\n");
}

function phaseTable(): string {
  const rows = PHASES.map((phase: Phase) => [`\`${phase}\``, PHASE_ADVICE[phase]]);
  return table(["phase", "what happens, where to look"], rows);
}

function reasonTable(): string {
  const rows = (Object.keys(REASONS) as Reason[]).map((reason) => {
    const { origin, meaning } = REASONS[reason];
    return [`\`${reason}\``, origin, meaning, REASON_ADVICE[reason]];
  });
  const note =
    "*Where* is `local` (this node or its IP resource), `path` (the network between) or `peer`.";
  return `${note}\n\n${table(["reason", "where", "what it means", "what to do next"], rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function silencing(alert: Alert): string {
  const labels = ["severity", ...alert.labels].map((label) => `\`${label}\``).join(", ");
  return `
While the cause is being worked on, or before planned work, on one IP resource or peer:

\`\`\`sh
amtool silence add alertname=${alert.name} ip_resource=vip-a --duration=2h --comment="why"
amtool silence query
amtool silence expire ID
\`\`\`

The labels to choose from: ${labels}.`;
}
