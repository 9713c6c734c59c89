import { describe, it } from 'vitest';
import { leavesHostAlone, unfit } from '../support/ctload.ts';
import { fillsThoughListed } from '../support/listed.ts';
import { skipFor } from '../support/skip.ts';

describe('listing the states of a table on a real kernel', skipFor(unfit), () => {
  leavesHostAlone();

  it.each([
    ['sysctl', 'rst'],
    ['ballast', 'fin'],
  ] as const)('does not keep a table from filling with expired entries: %s, %s', fillsThoughListed);
});
