import { describe, expect, it } from 'vitest';
import { leavesHostAlone, unfit } from '../support/ctload.ts';
import { interruptHung } from '../support/hangs.ts';
import { skipFor } from '../support/skip.ts';

/** Seconds. What is taken down with a tool that hangs waits for it, but not without end. */
const MOST = 80;

describe('a tool that hangs', skipFor(unfit), () => {
  leavesHostAlone();

  it.each(['ip', 'nft', 'conntrack', 'nsenter', 'flock'])('%s: Ctrl-C ends the run and the tool', async (tool) => {
    const { code, stderr, seconds } = await interruptHung(tool);
    expect(code, stderr).toBe(105);
    expect(seconds).toBeLessThan(MOST);
  });
});
