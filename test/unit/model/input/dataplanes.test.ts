import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DATAPLANES, type DataplaneTraits } from '../../../../src/model/input/dataplanes.ts';

it('every dataplane has its row in scenarios/README.md, in the order of the list', () => {
  const rows = Object.entries<DataplaneTraits>(DATAPLANES).map(([name, { does, entriesPerFlow, otherwise, drivers }]) => {
    const entries = otherwise === undefined ? entriesPerFlow : `${entriesPerFlow}; ${otherwise}`;
    return `| \`${name}\` | ${does} | ${entries} | ${drivers.join(', ')} |`;
  });
  expect(readFileSync('scenarios/README.md', 'utf8')).toContain(rows.join('\n'));
});
