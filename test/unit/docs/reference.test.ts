import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT_MEANINGS } from '../../../src/commands/exit-meanings.ts';
import { METRICS } from '../../../src/model/input/metrics.ts';
import { shippedNames } from '../../../src/scenario/shipped.ts';
import { PAGES, ROOT } from '../../docs/pages.ts';
import { scenarioReference } from '../../docs/scenario-reference.ts';
import { wholeProgram } from '../../fixtures/program.ts';
import { PUBLISHED } from '../../schemas/published.ts';

const README = PAGES.get('README.md') ?? '';
const SCENARIOS = PAGES.get('scenarios/README.md') ?? '';
const RESULTS = PAGES.get('results/README.md') ?? '';

describe('scenarios/README.md', () => {
  // `npm run docs` writes it.
  it('has the keys of the schema', () => {
    const generated = /(<!-- keys: [^\n]*-->\n).*?(?=<!-- \/keys -->)/s;
    const text = SCENARIOS.replace(generated, (_, start: string) => `${start}\n${scenarioReference()}\n\n`);
    if (process.env['CTLOAD_WRITE_DOCS'] === '1') writeFileSync(join(ROOT, 'scenarios/README.md'), text);
    else expect(SCENARIOS).toBe(text);
  });

  it('lists every shipped scenario', () => {
    expect([...SCENARIOS.matchAll(/^\| \[(.*)\.yaml\]/gm)].map(([, name]) => name).sort()).toEqual(shippedNames());
  });

  it('lists every metric with its type', () => {
    const rows = [...SCENARIOS.matchAll(/^\| (`[a-z_`, ]+`) \| (counter|gauge|rate|trend) \|/gm)];
    const listed = rows.flatMap(([, names = '', type]) =>
      names.split(', ').map((name) => [name.replaceAll('`', ''), type] as const),
    );
    expect(Object.fromEntries(listed)).toEqual(
      Object.fromEntries(Object.entries(METRICS).map(([name, { type }]) => [name, type])),
    );
  });
});

describe('results/README.md', () => {
  it('lists every schema', () => {
    const listed = [...RESULTS.matchAll(/\(\.\.\/src\/report\/([\w-]+)\.schema\.json\)/g)].map(([, name]) => name);
    expect(listed.sort()).toEqual(Object.keys(PUBLISHED).sort());
  });

  it('lists every exit code with its meaning', () => {
    const rows = [...RESULTS.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, code, meaning]) => [Number(code), meaning]);
    expect(rows).toEqual([...EXIT_MEANINGS].map(([code, { long }]) => [code, long]));
  });
});

it('the README is short and lists every command', async () => {
  expect(Buffer.byteLength(README)).toBeLessThan(13_000);
  const { commands } = await wholeProgram();
  const listed = [...README.matchAll(/^\| `ctload (\w+)/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(commands.map((command) => command.name()).sort());
});
