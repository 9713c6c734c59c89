import { describe, it } from 'vitest';
import { unfit } from '../support/ctload.ts';
import { dropsByTheLaw } from '../support/early-drop.ts';
import { skipFor } from '../support/skip.ts';

describe('early drop on a real kernel', skipFor(unfit), () => {
  it('drops exp(−16·u·N/B) of the SYNs at u=0.5, B=16384', () =>
    dropsByTheLaw(0.5, 16_384, ['--set', 'gateway.conntrack.prefill=1024']));
});
