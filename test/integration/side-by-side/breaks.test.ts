import { describe, it } from 'vitest';
import { breaksAt, STALE_SIZES } from '../support/breaks.ts';
import { unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

// Stale connections stay ESTABLISHED, which gc leaves alone when another table is full (by TIME_WAIT: integration/breaks.test.ts).
describe('ctload run on a real kernel, by ballast', skipFor(unfit), () => {
  it.each(STALE_SIZES.slice(0, 2))('breaks at gateway.conntrack.max=$max', (size) => breaksAt(size, 'ballast', 'stale.yaml'));
});
