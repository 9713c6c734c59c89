import { describe, it } from 'vitest';
import { unfit } from '../support/ctload.ts';
import { leavesDoubt, OTHER_DEEDS } from '../support/interference.ts';
import { skipFor } from '../support/skip.ts';

describe('interference with a run by ballast', skipFor(unfit), () => {
  it.each(OTHER_DEEDS)('$deed: never a certain verdict', ({ command, code }) => leavesDoubt(command, code));
});
