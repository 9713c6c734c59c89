import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LATENCY, run } from '../../fixtures/run.ts';
import { summarize } from '../../fixtures/summary.ts';
import { schemaFile, schemaTexts } from '../../schemas/published.ts';
import type { JsonSchema } from '../../schemas/type-schema.ts';
import { violations } from '../../schemas/violations.ts';

// After a wanted change of a type: npm run schemas, then read the diff.
describe.each(schemaTexts())('the schema ctload/%s@1', (name, text) => {
  it('is committed as the type has it', async () => {
    await expect(text).toMatchFileSnapshot(schemaFile(name));
    expect(text).toContain(`"const": "ctload/${name}@1"`);
  });

  it('tells what every key means', () => {
    expect([...untold(JSON.parse(text))]).toEqual([]);
  });
});

/** Paths of the keys without a description, but for those that can only have one value. */
function* untold(schema: JsonSchema, path = ''): Generator<string> {
  for (const [key, value] of Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>)) {
    if (value['description'] === undefined && value['const'] === undefined) yield `${path}${key}`;
    yield* untold(value, `${path}${key}.`);
  }
  const inner = [schema['items'], schema['additionalProperties'], schema['anyOf'], schema['prefixItems']].flat();
  for (const one of inner) if (typeof one === 'object' && one !== null) yield* untold(one as JsonSchema, `${path}*.`);
}

const recorded = (name: string): object[] =>
  readFileSync(new URL(`../../fixtures/runs/${name}/timeline.ndjson`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

it.each(['smoke', 'held', 'mixed'])('describes every line that the run %s left', (name) => {
  const records = recorded(name);
  expect(records.flatMap((record) => violations('timeline', record))).toEqual([]);
  expect(records.length).toBeGreaterThan(800);
});

it.each([
  ['broke', run({ fullAt: 6.005 })],
  ['held', run()],
  ['inconclusive', run().slice(0, 1)],
])('describes a summary that says %s', (kind, records) => {
  const summary = summarize(records, LATENCY);
  expect(summary.verdict.kind).toBe(kind);
  expect(violations('summary', summary)).toEqual([]);
});

it('finds keys that nobody described, and what is missing or wrong', () => {
  const gauge = { type: 'gauge', t: 1, flood: 'requests', open: 2, connecting: 0 };
  const [all] = recorded('smoke');
  expect(violations('timeline', gauge)).toEqual([]);
  for (const wrong of [
    { ...gauge, more: 1 },
    { ...gauge, open: '2' },
    { ...gauge, open: undefined },
    { ...all, schema: 'x' },
  ]) {
    expect(violations('timeline', wrong)).not.toEqual([]);
  }
});
