import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { painter } from '../../../../src/report/text/layout.ts';
import { watchFrame, watchLines } from '../../../../src/report/watch/watch-lines.ts';
import { watchedTable, watchSample } from '../../../fixtures/watched.ts';

const plain = { width: 120, height: 24, paint: painter(false) };

describe('the view on a terminal', () => {
  it('has a row for every table with entries', () => {
    expect(watchFrame(watchSample(), plain)).toEqual([
      'ctload watch  01:41:52 UTC, 1m30s  limit 65,536 entries per table, 65,536 buckets',
      '  table       entries   used  per second  full in  dropped  evicted  insert failed',
      '  here         61,440   94 %       +52.1    1m19s        0       12              0',
      '  router "1"      900  1.4 %           -        -        0        0              0',
      '  and 1 more, 1 of them without entries',
      '  here: TIME_WAIT 81 %, ESTABLISHED 19 % (3,000 entries looked at)',
      '  here: most go to tcp 10.0.0.1:443 90 %, udp 10.0.0.10:53 10 %',
    ]);
  });

  it('shows the allowance of an EC2 instance beside the tables', () => {
    const none = { available: null, exceeded: null, exceededSince: null };
    const allowances = [
      { device: 'ens5', available: 131_000, exceeded: 70, exceededSince: 7 },
      { ...none, device: 'ens6' },
    ];
    const [left, unknown] = watchLines(watchSample({ allowances })).slice(-2);
    expect(left).toMatch(/EC2 allowance of ens5 .*, not these tables\): 131,000 connections left, 7 packets dropped$/);
    expect(unknown).toMatch(/ens6 .*: not readable; it needs ethtool$/);
  });

  it('says that there may be more tables than it can see', () => {
    const hidden = watchSample({ othersHidden: true });
    const text = 'network namespaces of other processes are not visible to this user; run it as root';
    expect(watchFrame(hidden, plain)).toContain(`  ${text}`);
    expect(watchLines(hidden)).toContain(`01:41:52 UTC ${text}`);
  });

  it.each([
    [40, 10],
    [80, 24],
    [20, 4],
    [1, 1],
  ])('fits %d columns and %d rows, whatever names hold', (width, height) => {
    const tables = Array.from({ length: 60 }, (_, index) => watchedTable({ name: `n\u001b[2J${index}`, netns: index }));
    const frame = watchFrame(watchSample({ tables, tableFullLogLines: 3, unreadable: ['a'] }), { ...plain, width, height });
    expect(frame.length).toBeLessThanOrEqual(height);
    for (const line of frame) expect(line.length).toBeLessThanOrEqual(width);
    expect(frame.join('')).not.toContain('\u001b');
  });

  it('has colours where a table is nearly full, or drops', () => {
    const colored = watchFrame(watchSample(), { ...plain, paint: painter(true) });
    expect(colored.map(stripVTControlCharacters)).toEqual(watchFrame(watchSample(), plain));
    expect(colored[2]).toContain('\u001b[33m');
    const tables = [watchedTable({ since: { drop: 1, earlyDrop: 0, insertFailed: 0 } })];
    expect(watchFrame(watchSample({ tables }), { ...plain, paint: painter(true) })[2]).toContain('\u001b[31m');
  });
});

describe('the lines of a log', () => {
  it('say the same in words', () => {
    expect(watchLines(watchSample({ tableFullLogLines: 2, unreadable: ['router-2', 'b'] }))).toEqual([
      '01:41:52 UTC here: 61,440/65,536 entries (94 %), +52.1 per second, full in 1m19s, 0 dropped, 12 evicted, 0 not inserted',
      '01:41:52 UTC router "1": 900/65,536 entries (1.4 %), 0 dropped, 0 evicted, 0 not inserted',
      '01:41:52 UTC not readable: router-2, b',
      '01:41:52 UTC kernel log: 2 × "table full"',
    ]);
  });

  it.each([
    [0, 'full'],
    [90, 'full in 1m30s'],
    [7250, 'full in 2h1m'],
    [2 * 86_400, 'full in 2.0 d'],
    [1e9, 'full in >30 d'],
  ])('say when it is full: %d s', (secondsToFull, text) => {
    expect(watchLines(watchSample({ tables: [watchedTable({ secondsToFull })] }))[0]).toContain(`, ${text}, `);
  });
});
