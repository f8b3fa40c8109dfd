/** What is wrong with a configuration, and where: one line for people. */
export interface ConfigProblem {
  readonly file: string;
  /** Both counted from 1. */
  readonly line: number;
  readonly column: number;
  /** The place in the configuration, for example `peers[0].outbound[1]`. */
  readonly where: string;
  /** What is wrong and what is allowed. */
  readonly problem: string;
}

/** `FILE:line:column: where: what is wrong and what is allowed`. */
export function formatProblem(problem: ConfigProblem): string {
  const { file, line, column, where } = problem;
  return `${file}:${line}:${column}: ${where}: ${problem.problem}`;
}

/** Keys and list indices from the top of the file. */
export type ConfigPath = readonly (string | number)[];

/** Line and column, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Whether a problem is shown at a key or at its value. */
export type Part = "key" | "value";

/** A path as people write it; a key that is no plain word stands in brackets and quotes. */
export function formatPath(path: ConfigPath): string {
  if (path.length === 0) return "configuration";
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (!/^[\w-]+$/.test(step)) text += `[${quoted(step)}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}

/** Text of the file in quotes, escaped and cut, fit for a line of a message. */
export function quoted(text: string, limit = 60): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return JSON.stringify(cut).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Collects what is wrong in a file, with the places that must not be relied on any more. */
export class Problems {
  readonly #file: string;
  readonly #locate: (path: ConfigPath, part: Part) => Position;
  readonly #errors = new Map<string, ConfigProblem>();
  readonly #warnings = new Map<string, ConfigProblem>();
  readonly #unsound = new Set<string>();

  constructor(file: string, locate: (path: ConfigPath, part: Part) => Position) {
    this.#file = file;
    this.#locate = locate;
  }

  /** Adds an error at the value (or key) of a path, or at the nearest place that holds it. */
  add(path: ConfigPath, problem: string, part: Part = "value"): void {
    this.addAt(this.#locate(path, part), path, problem);
  }

  /** Adds an error at a position of its own. The same one twice is one. */
  addAt(position: Position, path: ConfigPath, problem: string): void {
    keep(this.#errors, this.#problem(position, path, problem));
    for (let length = 0; length <= path.length; length++) {
      this.#unsound.add(JSON.stringify(path.slice(0, length)));
    }
  }

  /** Adds something that is allowed and will hardly be wanted. */
  warn(path: ConfigPath, problem: string): void {
    keep(this.#warnings, this.#problem(this.#locate(path, "value"), path, problem));
  }

  /** Whether an error lies at this path or below it. */
  isUnsound(path: ConfigPath): boolean {
    return this.#unsound.has(JSON.stringify(path));
  }

  /** All errors, in the order of the file. */
  get errors(): readonly ConfigProblem[] {
    return inFileOrder(this.#errors);
  }

  /** All warnings, in the order of the file. */
  get warnings(): readonly ConfigProblem[] {
    return inFileOrder(this.#warnings);
  }

  #problem({ line, column }: Position, path: ConfigPath, problem: string): ConfigProblem {
    return { file: this.#file, line, column, where: formatPath(path), problem };
  }
}

function keep(problems: Map<string, ConfigProblem>, problem: ConfigProblem): void {
  problems.set(formatProblem(problem), problem);
}

function inFileOrder(problems: ReadonlyMap<string, ConfigProblem>): readonly ConfigProblem[] {
  return [...problems.values()].toSorted((a, b) => a.line - b.line || a.column - b.column);
}
