import {
  type Document,
  type ErrorCode,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import { interpolate } from './interpolate.ts';
import type { Path } from './problem.ts';

/** 1-based, as editors count. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface PlacedMessage extends Position {
  readonly path: Path;
  readonly message: string;
}

/** Replacements for messages of the yaml package that only its developers would understand. */
const IN_OUR_WORDS: Partial<Readonly<Record<ErrorCode, string>>> = {
  MULTIPLE_DOCS: 'multiple YAML documents; a scenario file must contain one',
  RESOURCE_EXHAUSTION: 'nested too deeply', // yaml passes on the RangeError of its stack
};

/** A scenario's YAML text, with the position of everything in it. */
export class ScenarioDocument {
  readonly #text: readonly string[]; // line by line
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;

  constructor(text: string) {
    this.#text = text.split('\n');
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, stringKeys: true, merge: true });
  }

  syntaxErrors(): PlacedMessage[] {
    const all = [...this.#document.errors, ...this.#document.warnings];
    const bare = all.map(({ pos }) => this.#bareVariable(pos[0])).find((found) => found !== undefined);
    if (bare !== undefined) return [bare];
    const lost = all.findIndex(({ code }) => code === 'UNEXPECTED_TOKEN');
    const meant = lost < 0 ? all : all.slice(0, lost + 1); // the parser takes what follows for anything but what it is
    return meant.map(({ pos, code, message }) => ({ ...this.#at(pos[0]), path: [], message: IN_OUR_WORDS[code] ?? message }));
  }

  /** Within `{ }` and `[ ]` the brace of a `${VAR}` without quotes begins a map. @param brace where the parser stopped */
  #bareVariable(brace: number): PlacedMessage | undefined {
    const { line, column } = this.#at(brace);
    const [reference] = /^\$\{[^}]*\}?/.exec(this.line(line).slice(Math.max(0, column - 2))) ?? [];
    if (reference === undefined) return undefined;
    const message = `${reference} needs quotes inside { } and [ ]: "${reference}", with all that belongs to the value`;
    return { line, column: column - 1, path: [], message };
  }

  /**
   * Replaces `${VAR}` in values, never in keys, after parsing: a variable cannot add structure, and lines stay the same.
   * Without quotes the result is a number or a boolean when it looks like one.
   */
  interpolate(lookup: (name: string) => string | undefined): PlacedMessage[] {
    const problems: PlacedMessage[] = [];
    visit(this.#document, {
      Scalar: (role, node, ancestors) => {
        if (role === 'key' || typeof node.value !== 'string') return;
        const result = interpolate(node.value, lookup);
        for (const message of result.problems) {
          problems.push({ ...this.#at(node.range?.[0] ?? 0), path: pathOf(node, ancestors), message });
        }
        node.value = result.substituted && node.type === 'PLAIN' ? retype(result.text) : result.text;
      },
    });
    return problems;
  }

  /** The plain data. @throws {Error} when aliases expand too far or have no anchor. */
  data(): unknown {
    return this.#document.toJS();
  }

  has(path: Path): boolean {
    return path.length === 0 || this.#document.hasIn(path);
  }

  /** Position of the value at `path`, or with `key` of its key; when it is not in the file, of the nearest parent that is. */
  position(path: Path, key: boolean): Position {
    for (let length = path.length; length > 0; length--) {
      const above = path.slice(0, length);
      const pair = this.#pair(above);
      const node = key || length < path.length ? (pair?.key ?? this.#node(above)) : (this.#node(above) ?? pair?.key);
      if (node?.range) return this.#at(node.range[0]);
    }
    return this.#at(this.#document.contents?.range?.[0] ?? 0);
  }

  /** Line `number`, counted from 1. */
  line(number: number): string {
    return this.#text[number - 1]?.trimEnd() ?? '';
  }

  #at(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }

  #node(path: Path): Node | undefined {
    const node = this.#document.getIn(path, true);
    return isNode(node) ? node : undefined;
  }

  #pair(path: Path): { readonly key: Node | undefined } | undefined {
    const parent = path.length === 1 ? this.#document.contents : this.#node(path.slice(0, -1));
    if (!isMap(parent)) return undefined;
    const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)));
    return pair && { key: isNode(pair.key) ? pair.key : undefined };
  }
}

function pathOf(node: Node, ancestors: readonly unknown[]): Path {
  const chain = [...ancestors, node];
  return chain.flatMap((one, i): Path => {
    if (isPair(one)) return [String(isScalar(one.key) ? one.key.value : one.key)];
    return isSeq(one) ? [one.items.indexOf(chain[i + 1])] : [];
  });
}

function retype(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^[-+]?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(text) ? Number(text) : text;
}
