import { join } from 'node:path';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { PACKAGE } from '../../platform/package.ts';
import type { PlacedMessage, Position, ScenarioDocument } from './document.ts';
import type { Override } from './overrides.ts';
import { dotted, type Path, type Problem, startsWith } from './problem.ts';

interface Diagnostic {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

const SCHEMA = join(PACKAGE, 'scenarios/scenario.schema.json');
const WIDEST = 160;
const CONTROL = /(?!\t)\p{Cc}/gu;
const NO_LINE = Number.POSITIVE_INFINITY; // problems from outside the file are listed after those in it

/** Collects everything that is wrong with one scenario file, to report it at once. */
export class Diagnostics {
  readonly #file: string;
  readonly #document: ScenarioDocument;
  readonly #list: Diagnostic[] = [];
  readonly #paths = new Set<string>();

  constructor(file: string, document: ScenarioDocument) {
    this.#file = file;
    this.#document = document;
  }

  addPlaced(messages: readonly PlacedMessage[]): void {
    for (const { path, message, ...position } of messages) this.#addAt(position, path, message);
  }

  /** @param overrides values from outside the file, which may be the cause of a problem instead. */
  addProblems(problems: readonly Problem[], overrides: readonly Override[]): void {
    for (const problem of problems) {
      if (this.#paths.has(dotted(problem.path))) continue; // e.g. a variable that is not set, which is reported already
      const override = overrides.findLast((one) => this.#blames(problem, one));
      if (override !== undefined) this.addOverride(override, problem.message, problem.path);
      else this.#addAt(this.#document.position(placeOf(problem), problem.about !== 'value'), problem.path, problem.message);
    }
  }

  addOverride(override: Override, message: string, path: Path = override.path): void {
    this.#list.push({ line: NO_LINE, column: 0, text: `${override.place}: ${named(path, message)}` });
  }

  /** @throws {CtloadError} exit 104 when there is anything. */
  throwIfAny(): void {
    if (this.#list.length === 0) return;
    this.#list.sort((a, b) => (a.line === b.line ? a.column - b.column : a.line - b.line));
    throw new CtloadError(this.#list.map(({ text }) => text).join('\n'), {
      hint: `every key is explained in ${SCHEMA}; \`ctload validate FILE\` checks without running`,
      exitCode: ExitCode.invalidScenario,
    });
  }

  /** An override causes the problems inside its value, and inside the maps that exist only because of it. */
  #blames(problem: Problem, override: Override): boolean {
    const place = placeOf(problem);
    return startsWith(place, override.path) || (startsWith(override.path, place) && !this.#document.has(place));
  }

  #addAt({ line, column }: Position, path: Path, message: string): void {
    this.#paths.add(dotted(path));
    const heading = `${this.#file}:${line}:${column}: ${named(path, message)}`;
    const text = [heading, ...excerpt(this.#document.line(line), line, column)].join('\n');
    this.#list.push({ line, column, text });
  }
}

/** The line with a caret below `column`; of a very long line only the part around it. Control characters are replaced. */
function excerpt(source: string, line: number, column: number): string[] {
  const from = column > WIDEST ? column - WIDEST / 2 : 0;
  const shown = source.slice(from, from + WIDEST).replace(CONTROL, '\uFFFD');
  const number = String(line).padStart(6);
  const indent = shown.slice(0, column - 1 - from).replace(/[^\t]/g, ' '); // tabs stay, so that the caret is aligned
  return [`${number} | ${shown}`, `${' '.repeat(number.length)} | ${indent}^`];
}

/** A missing key has no place in the file, so its parent's is used. */
function placeOf({ path, about }: Problem): Path {
  return about === 'missing' ? path.slice(0, -1) : path;
}

function named(path: Path, message: string): string {
  return path.length === 0 ? message : `${dotted(path)}: ${message}`;
}
