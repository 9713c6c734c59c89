import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** From the top: a file imports from lower rows and from its own folder only, and what stands on one row is apart. */
const ROWS: readonly (readonly string[])[] = [
  ['cli', 'processes'],
  ['commands'],
  ['session'],
  ['scenario', 'lab', 'load', 'probe', 'timeline', 'analysis', 'sizing', 'report'],
  ['model', 'platform'],
];
const MOST_LINES = 300;
const MOST_FILES = 20;
/** Folders of test/unit that test something outside of src. */
const NOT_OF_SRC = ['bench', 'docs'];

/** Text by path: the `.ts` files of src and test/unit. */
type Tree = ReadonlyMap<string, string>;
/** What breaks the rule, a line each. */
type Rule = (tree: Tree) => string[];

const IMPORT = /^(?:import|export)\b[^;]*? from '(\.[^']+)';|^import '(\.[^']+)';|\bimport\('(\.[^']+)'\)/gm;

/** The files of src that `file` imports; types count, and so does what is imported only when it is needed. */
function importsOf(tree: Tree, file: string): string[] {
  return [...(tree.get(file) ?? '').matchAll(IMPORT)]
    .map(([, from, bare, lazy]) => normalize(join(dirname(file), from ?? bare ?? lazy ?? '')))
    .filter((imported) => tree.has(imported));
}

function source(tree: Tree): string[] {
  return [...tree.keys()].filter((file) => file.startsWith('src/'));
}

/** `src/load/floods/udp-flood.ts` → `load`. */
function partOf(file: string): string {
  return /^src\/([^/.]+)/.exec(file)?.[1] ?? '';
}

function rowOf(file: string): number {
  return ROWS.findIndex((parts) => parts.includes(partOf(file)));
}

/** The imports between parts of src for which `isWrong` has an objection. */
function wrongImports(tree: Tree, isWrong: (file: string, imported: string) => string | false): string[] {
  return source(tree).flatMap((file) =>
    importsOf(tree, file)
      .filter((imported) => partOf(imported) !== partOf(file))
      .flatMap((imported) => {
        const objection = isWrong(file, imported);
        return objection === false ? [] : [`${file} imports ${imported}: ${objection}`];
      }),
  );
}

/** The cycles among nodes of which each `next` names the ones after it. */
function cyclesOf(nodes: Iterable<string>, next: (node: string) => Iterable<string>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): void => {
    if (path.includes(node)) cycles.push([...path.slice(path.indexOf(node)), node]);
    if (path.includes(node) || done.has(node)) return;
    for (const one of next(node)) visit(one, [...path, node]);
    done.add(node);
  };
  for (const node of nodes) visit(node, []);
  return cycles;
}

/** Cycles among the rooms of one folder: its files and its sub-folders. */
function roomCycles(tree: Tree, folder: string): string[] {
  const roomOf = (file: string) => file.slice(folder.length + 1).split('/')[0] ?? '';
  const arrows = new Map<string, Map<string, string>>(); // room → room that it imports → the import
  for (const file of source(tree).filter((one) => one.startsWith(`${folder}/`))) {
    for (const imported of importsOf(tree, file)) {
      if (!imported.startsWith(`${folder}/`) || roomOf(imported) === roomOf(file)) continue;
      const from = arrows.get(roomOf(file)) ?? new Map<string, string>();
      arrows.set(roomOf(file), from.set(roomOf(imported), `${file} imports ${imported}`));
    }
  }
  return cyclesOf(arrows.keys(), (room) => arrows.get(room)?.keys() ?? []).map((cycle) => {
    const imports = cycle.slice(1).map((room, index) => arrows.get(cycle[index] ?? '')?.get(room));
    return `${folder}: ${cycle.join(' → ')}: ${imports.join(', ')}`;
  });
}

function foldersOf(files: readonly string[]): Set<string> {
  return new Set(files.map((file) => dirname(file)));
}

const RULES: Readonly<Record<string, Rule>> = {
  'every part of src has a row': (tree) =>
    source(tree)
      .filter((file) => rowOf(file) === -1)
      .map((file) => `${file}: ${partOf(file)} is in no row`),

  'no import goes up': (tree) =>
    wrongImports(tree, (file, imported) => rowOf(imported) < rowOf(file) && `${partOf(imported)} is above ${partOf(file)}`),

  'the folders of a row do not import each other': (tree) =>
    wrongImports(
      tree,
      (file, imported) => rowOf(imported) === rowOf(file) && `${partOf(file)} and ${partOf(imported)} are on one row`,
    ),

  'processes are started, not imported': (tree) =>
    wrongImports(tree, (_, imported) => partOf(imported) === 'processes' && 'a process is started by its name'),

  'the rooms of a folder form no cycle': (tree) =>
    [...foldersOf(source(tree))].filter((folder) => folder !== 'src').flatMap((folder) => roomCycles(tree, folder)),

  'files form no cycle': (tree) => cyclesOf(source(tree), (file) => importsOf(tree, file)).map((cycle) => cycle.join(' → ')),

  [`no folder has more than ${MOST_FILES} files`]: (tree) => {
    const files = [...tree.keys()];
    return [...foldersOf(files)]
      .map((folder) => ({ folder, count: files.filter((file) => dirname(file) === folder).length }))
      .filter(({ count }) => count > MOST_FILES)
      .map(({ folder, count }) => `${folder} has ${count} files`);
  },

  [`no file has more than ${MOST_LINES} lines`]: (tree) =>
    source(tree)
      .map((file) => ({ file, lines: (tree.get(file) ?? '').trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > MOST_LINES)
      .map(({ file, lines }) => `${file} has ${lines} lines`),

  'tests lie in the folder of what they test': (tree) => {
    const folders = foldersOf(source(tree).flatMap((file) => ancestors(file)));
    return [...tree.keys()]
      .filter((file) => file.startsWith('test/unit/') && file.endsWith('.test.ts'))
      .filter((file) => !NOT_OF_SRC.some((folder) => file.startsWith(`test/unit/${folder}/`)))
      .filter((file) => !folders.has(dirname(file).replace('test/unit', 'src')))
      .map((file) => `${file}: there is no ${dirname(file).replace('test/unit', 'src')}`);
  },
};

/** A path and those of its folders below src, so that folders that hold only folders count too. */
function ancestors(path: string): string[] {
  return path === 'src' ? [] : [path, ...ancestors(dirname(path))];
}

function treeOnDisk(): Tree {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const files = ['src', 'test/unit'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(folder, file)),
  );
  return new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
}

describe('the source', () => {
  const tree = treeOnDisk();

  it.each(Object.entries(RULES))('keeps the rule: %s', (_, rule) => {
    expect(rule(tree)).toEqual([]);
  });

  it('is read with its imports', () => {
    expect(source(tree).flatMap((file) => importsOf(tree, file)).length).toBeGreaterThan(source(tree).length);
  });
});

describe('a rule that is broken', () => {
  const empty = (folder: string, count: number) => Array.from({ length: count }, (_, index) => [`${folder}/${index}.ts`, '']);

  it.each<[rule: string, tree: Readonly<Record<string, string>>, broken: string]>([
    ['every part of src has a row', { 'src/misc/a.ts': '' }, 'src/misc/a.ts: misc is in no row'],
    [
      'no import goes up',
      { 'src/model/a.ts': "import type {\n  B,\n} from '../report/b.ts';", 'src/report/b.ts': '' },
      'src/model/a.ts imports src/report/b.ts: report is above model',
    ],
    [
      'the folders of a row do not import each other',
      { 'src/lab/a.ts': "const b = await import('../load/x/b.ts');", 'src/load/x/b.ts': '' },
      'src/lab/a.ts imports src/load/x/b.ts: lab and load are on one row',
    ],
    [
      'processes are started, not imported',
      { 'src/cli.ts': "import './processes/agent.ts';", 'src/processes/agent.ts': '' },
      'src/cli.ts imports src/processes/agent.ts: a process is started by its name',
    ],
    [
      'the rooms of a folder form no cycle',
      {
        'src/lab/wiring.ts': "import { a } from './netns/a.ts';",
        'src/lab/netns/a.ts': '',
        'src/lab/netns/b.ts': "export type { W } from '../wiring.ts';",
      },
      'src/lab: wiring.ts → netns → wiring.ts: src/lab/wiring.ts imports src/lab/netns/a.ts, src/lab/netns/b.ts imports src/lab/wiring.ts',
    ],
    [
      'files form no cycle',
      { 'src/lab/a.ts': "import type { B } from './b.ts';", 'src/lab/b.ts': "import { a } from './a.ts';" },
      'src/lab/a.ts → src/lab/b.ts → src/lab/a.ts',
    ],
    ['no folder has more than 20 files', Object.fromEntries(empty('test/unit/lab', 21)), 'test/unit/lab has 21 files'],
    ['no file has more than 300 lines', { 'src/lab/a.ts': 'x\n'.repeat(301) }, 'src/lab/a.ts has 301 lines'],
    [
      'tests lie in the folder of what they test',
      { 'src/lab/netns/a.ts': '', 'test/unit/lab/a.test.ts': '', 'test/unit/lab/nets/a.test.ts': '' },
      'test/unit/lab/nets/a.test.ts: there is no src/lab/nets',
    ],
  ])('%s: names what breaks it', (rule, files, broken) => {
    expect(RULES[rule]?.(new Map(Object.entries(files)))).toEqual([broken]);
  });
});
