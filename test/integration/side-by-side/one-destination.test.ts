import { describe, it } from 'vitest';
import { unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';
import { ranOutOfPorts, towardsOne } from '../support/source-ports.ts';

/**
 * Public figures: 64,512 source ports for each address to masquerade to, towards each destination (Google Cloud NAT,
 * cloud.google.com/nat/docs/ports-and-addresses; Azure NAT gateway, which also says that 50,000 connections to one destination are what
 * it supports: the kernel refuses the first well before the last port is taken). Here there are 1,000, and the same happens.
 */
describe('held connections to one destination', skipFor(unfit), () => {
  it('get as many as the gateway has source ports; the others are dropped, and the table has room', async () => {
    ranOutOfPorts(await towardsOne([]), 1000);
  });
});
