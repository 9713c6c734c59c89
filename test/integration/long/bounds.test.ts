import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { evictedByGc, leavesHostAlone, readSummary, start, temporaryFolder, unfit } from '../support/ctload.ts';
import { expiring } from '../support/expiring.ts';
import { skipFor } from '../support/skip.ts';

describe('by lease and by ballast', skipFor(unfit), () => {
  leavesHostAlone();

  it.each([1, 5, 30] as const)(
    'a timeout of %i s, closed with FIN or RST: the same verdict, or a bound',
    async (timeoutSeconds) => {
      const of = (method: 'sysctl' | 'ballast', close: 'fin' | 'rst') => expiring({ method, close, timeoutSeconds });
      const leases = [await of('sysctl', 'fin'), await of('sysctl', 'rst')];
      const ballasts = await Promise.all([of('ballast', 'fin'), of('ballast', 'rst')]);
      for (const [index, lease] of leases.entries()) {
        const ballast = ballasts[index];
        expect(lease.verdict.bound).toBeNull();
        if (ballast !== undefined && evictedByGc(ballast)) expect(ballast.code).toBe(111);
        else if (ballast?.verdict.bound === null) expect(ballast.verdict.kind).toBe(lease.verdict.kind);
        else expect(ballast).toMatchObject({ code: 111, verdict: { kind: 'broke', bound: 'no-earlier' } });
      }
    },
    240_000,
  );

  it("beside another run's full table, TIME_WAIT entries in a table with ballast prove nothing", {
    timeout: 240_000,
  }, async () => {
    const folder = temporaryFolder();
    const run = (name: string, max: number, rate: number, seconds: number) => {
      const sets = [
        `gateway.conntrack={max: ${max}, method: ballast}`,
        `floods.requests.rate=${rate}`,
        `floods.requests.duration=${seconds}s`,
        'floods.requests.connectTimeout=1500ms',
      ];
      const flags = ['-q', '--output', join(folder, name), ...sets.flatMap((one) => ['--set', one])];
      return start(['run', 'scenarios/smoke.yaml', ...flags]).ended;
    };
    const full = run('full', 500, 1500, 75);
    await sleep(9000);
    const beside = await run('beside', 3000, 60, 55);
    await full;
    const { verdict, breakingPoint } = readSummary(join(folder, 'beside'));
    if (beside.code === 0) {
      // The collector let its entries be: it broke where it breaks alone.
      expect(verdict).toMatchObject({ kind: 'broke', validity: 'valid' });
      expect(Math.abs((breakingPoint?.entries ?? 0) - 3000)).toBeLessThanOrEqual(3);
    } else {
      expect(beside.code).toBe(111);
      expect(verdict.validity).toBe('inconclusive');
      expect(verdict.reasonCodes[0]).toBe('entries-ended-early');
    }
  });
});
