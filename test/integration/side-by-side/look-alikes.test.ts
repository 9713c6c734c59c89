import { describe, it } from 'vitest';
import { unfit } from '../support/ctload.ts';
import { isToldApart, LOOK_ALIKES } from '../support/look-alikes.ts';
import { skipFor } from '../support/skip.ts';

describe('what looks like a full table and is not', skipFor(unfit), () => {
  it.each(LOOK_ALIKES)('$fault: $cause', isToldApart);
});
