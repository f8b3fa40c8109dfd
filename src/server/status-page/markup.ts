/** HTML that is safe to send: made by `markup` only. */
export class Markup {
  readonly #html: string;

  private constructor(html: string) {
    this.#html = html;
  }

  /** HTML from a template: what is put in is text and escaped, unless it is `Markup` itself. */
  static readonly template = (
    strings: TemplateStringsArray,
    ...values: readonly Content[]
  ): Markup => {
    let html = strings[0] ?? "";
    for (const [index, value] of values.entries()) {
      html += rendered(value) + (strings[index + 1] ?? "");
    }
    return new Markup(html);
  };

  toString(): string {
    return this.#html;
  }
}

/** What a template takes; null leaves nothing. */
export type Content = Markup | string | number | null | readonly Markup[];

export const markup = Markup.template;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function rendered(value: Content): string {
  if (value === null) return "";
  if (value instanceof Markup) return value.toString();
  if (typeof value === "object") return value.join("");
  return String(value).replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
