import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { renderTerminal } from '../../../src/report/terminal/terminal.ts';
import { BLOCKS, ROOT } from '../../docs/pages.ts';

it('the README shows the report of results/example-burst', () => {
  const summary = JSON.parse(readFileSync(join(ROOT, 'results/example-burst/summary.json'), 'utf8'));
  const shown = BLOCKS.find(({ page, text }) => page === 'README.md' && text.includes('BROKE'))?.text;
  expect(shown?.trimEnd()).toBe(renderTerminal(summary, { color: false, width: 100 }).replace(/^\n+/, '').trimEnd());
});
