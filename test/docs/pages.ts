import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Folders whose Markdown files are written by hand. */
const FOLDERS = ['.', '.github', 'docker', 'results', 'scenarios', 'src', 'test', 'test/fixtures/runs'];
const MADE = /^results\/(bench|growth|profile-\w+)\.md$/;

/** The documentation, by path in the repository. */
export const PAGES: ReadonlyMap<string, string> = new Map(
  FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((file) => file.endsWith('.md'))
      .map((file) => join(folder, file))
      .filter((path) => !MADE.test(path))
      .map((path) => [path, readFileSync(join(ROOT, path), 'utf8')] as const),
  ),
);

export interface Block {
  readonly page: string;
  /** `sh`, `yaml`, or nothing for what a program printed */
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of the documentation, in order. */
export const BLOCKS: readonly Block[] = [...PAGES].flatMap(([page, text]) =>
  [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', inner = '']) => ({ page, language, text: inner })),
);

export interface Documented {
  readonly page: string;
  /** One command, its continuation lines joined, without comment. */
  readonly line: string;
  /** What the page shows that it prints: the block right after one with this command alone. */
  readonly output: string | undefined;
}

/** Every command in a block for a shell. */
export const COMMANDS: readonly Documented[] = BLOCKS.flatMap((block, index) => {
  if (block.language !== 'sh') return [];
  const lines = block.text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) =>
      line
        .replace(/(^|\s)#\s.*$/, '')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((line) => line !== '');
  const next = BLOCKS[index + 1];
  const output = lines.length === 1 && next?.page === block.page && next.language === '' ? next.text : undefined;
  return lines.map((line) => ({ page: block.page, line, output }));
});
