import { describe, expect, it } from 'vitest';
import { unfit } from '../support/ctload.ts';
import { withFault } from '../support/faults.ts';
import { FLUSH, leavesDoubt } from '../support/interference.ts';
import { skipFor } from '../support/skip.ts';

describe('interference with a run by ballast', skipFor(unfit), () => {
  it('the whole table flushed: never a certain verdict', () => leavesDoubt(FLUSH.command, FLUSH.code));

  it('none: as many synthetic entries are left as were put in', async () => {
    const { summary } = await withFault(() => {});
    expect(summary.verdict.kind).toBe('held');
  });
});
