import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ctload, temporaryFolder, unfit } from './support/ctload.ts';
import { skipFor } from './support/skip.ts';

const LIMIT = ['--max-regression', 'breaking_point_entries=2%'];

describe('ctload compare on real runs', skipFor(unfit), () => {
  it('finds on this machine what the committed baseline says, as CI does', async () => {
    const folder = join(temporaryFolder(), 'smoke');
    await ctload('run', 'scenarios/smoke.yaml', '-q', '--output', folder);
    const elsewhere = ['machine', 'lab', 'gateway.conntrack.method', 'sysctls'].flatMap((key) => ['--allow-different', key]);
    const compared = await ctload('compare', 'results/baseline-smoke', folder, ...elsewhere, ...LIMIT);
    expect(compared.code, compared.stdout + compared.stderr).toBe(0);
    expect(compared.stdout).toContain('NO REGRESSION');
  });
});
