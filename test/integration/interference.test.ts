import { describe, it } from 'vitest';
import { unfit } from './support/ctload.ts';
import { flushLeavesDoubt } from './support/flushed.ts';
import { skipFor } from './support/skip.ts';

describe('interference with a run by lease', skipFor(unfit), () => {
  it('a flush of a table that would be full a second later: never a certain verdict', () =>
    flushLeavesDoubt('gateway.conntrack.max=500'));
});
