import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { summarize } from '../../../src/analysis/summarize.ts';
import { summaryJsonSchema, summarySchema } from '../../../src/report/summary-schema.ts';
import { LATENCY, run } from '../../fixtures/run.ts';

describe('the schema of summary.json', () => {
  it('is committed as the build writes it', () => {
    const committed = readFileSync(new URL('../../../src/report/summary.schema.json', import.meta.url), 'utf8');
    expect(committed).toBe(summaryJsonSchema());
  });

  it.each([
    ['broke', run({ fullAt: 6.005 })],
    ['held', run()],
    ['inconclusive', run().slice(0, 1)],
  ])('describes a summary that says %s, every key of it', (kind, records) => {
    const summary = JSON.parse(JSON.stringify(summarize(records, LATENCY)));
    expect(summary.verdict.kind).toBe(kind);
    expect(summarySchema.parse(summary)).toEqual(summary); // parse drops keys it does not know
  });

  it('finds what is wrong', () => {
    const summary = { ...summarize(run(), LATENCY), verdict: { kind: 'maybe', validity: 'valid', cause: null, reasons: [] } };
    const { error } = summarySchema.safeParse(summary);
    expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual(['verdict.kind']);
  });
});
