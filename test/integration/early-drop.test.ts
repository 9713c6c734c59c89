import { describe, it } from 'vitest';
import { unfit } from './support/ctload.ts';
import { dropsByTheLaw } from './support/early-drop.ts';
import { skipFor } from './support/skip.ts';

describe('early drop on a real kernel', skipFor(unfit), () => {
  it('drops exp(−16·u·N/B) of the SYNs at u=1, B=65536', () => dropsByTheLaw(1, 65_536));
});
