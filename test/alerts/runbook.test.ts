import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ALERTS } from "../../src/alerts/catalogue.ts";
import { renderRunbook } from "../../src/alerts/runbook.ts";
import { PHASES, REASONS } from "../../src/errors.ts";

const folder = join(import.meta.dirname, "../../docs/runbooks");

describe("runbook pages", () => {
  it.each(ALERTS.map((alert) => [alert.name, alert] as const))(
    "%s is up to date",
    async (name, alert) => {
      await expect(renderRunbook(alert)).toMatchFileSnapshot(join(folder, `${name}.md`));
    },
  );

  it("there is one for every alert, and none besides", () => {
    const pages = readdirSync(folder).filter((file) => file.startsWith("Mta"));
    expect(pages.toSorted()).toEqual(ALERTS.map(({ name }) => `${name}.md`).toSorted());
  });

  it("those that explain failures name every phase and every reason", () => {
    const explaining = ALERTS.filter(({ runbook }) => runbook.explainsReasons);
    expect(explaining.map(({ name }) => name)).toContain("MtaPathFaulty");
    for (const alert of explaining) {
      const page = renderRunbook(alert);
      const words = [...PHASES, ...Object.keys(REASONS)];
      expect(words.filter((word) => !page.includes(`| \`${word}\` |`))).toEqual([]);
    }
  });

  it("every one says what it means, what follows, how to look and how to silence", () => {
    for (const alert of ALERTS) {
      const titles = [...renderRunbook(alert).matchAll(/^## (.+)$/gmu)].map(([, title]) => title);
      expect(titles).toEqual(
        expect.arrayContaining([
          "What it means",
          "When it fires",
          "Impact",
          "How to find the cause",
          "How to silence it",
        ]),
      );
    }
  });
});
