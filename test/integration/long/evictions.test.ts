import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FindReport } from '../../../src/model/result/find.ts';
import { ctload, readSummary, temporaryFolder, unfit } from '../support/ctload.ts';
import { slowUpstream } from '../support/evicting.ts';
import { skipFor } from '../support/skip.ts';

describe('a full table that evicts', skipFor(unfit), () => {
  it('is what a search finds', async () => {
    const folder = join(temporaryFolder(), 'find');
    const ran = await ctload('find', slowUpstream(), '--set', 'floods.dns.rate=200', '--output', folder);
    expect(ran.code, ran.stderr + ran.stdout).toBe(0);
    const report = JSON.parse(readFileSync(join(folder, 'find.json'), 'utf8')) as FindReport;
    expect(report).toMatchObject({ outcome: 'converged' });
    // Nothing expires within 3 s: 341/s fill the table. Above that, the oldest tenth of a second must be evicted to hurt.
    expect(report.answer).toBeGreaterThan(300);
    expect(report.trials.some(({ outcome, why }) => outcome === 'broke' && why.includes('the client was still waiting'))).toBe(
      true,
    );
  });

  it('with room for all of them none fails', async () => {
    const folder = join(temporaryFolder(), 'run');
    const ran = await ctload('run', slowUpstream(), '--set', 'gateway.conntrack.max=65536', '--output', folder);
    expect(ran.code, ran.stderr + ran.stdout).toBe(0);
    expect(readSummary(folder)).toMatchObject({ verdict: { kind: 'held', validity: 'valid' }, attribution: [] });
  });
});
