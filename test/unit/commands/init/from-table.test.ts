import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { initFromTable } from '../../../../src/commands/init/from-table.ts';
import { loadScenario } from '../../../../src/scenario/load.ts';
import { makePlan } from '../../../../src/session/plan.ts';
import { tcpLine, udpLine } from '../../../fixtures/listings.ts';
import { planRequest } from '../../../fixtures/planned.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ctload-from-table-'));
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** 12,000 TIME_WAIT (100/s), 3,000 held, 900 DNS (30/s), 1,000 stale, 100 CLOSE_WAIT: 17,000 entries. */
function listing(): string {
  const many = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, index) => line(index));
  const lines = [
    ...many(12_000, (index) => tcpLine('TIME_WAIT', index % 120)),
    ...many(3000, (index) => tcpLine('ESTABLISHED', 431_999 - (index % 20))),
    ...many(900, (index) => udpLine(index % 30)),
    ...many(1000, () => tcpLine('ESTABLISHED', 200_000)),
    ...many(100, (index) => tcpLine('CLOSE_WAIT', index % 60)),
  ];
  const file = join(folder, 'table.txt');
  writeFileSync(file, lines.join('\n'));
  return file;
}

const OPTIONS = { limit: undefined, timeouts: {}, staleAfterSeconds: 600 };

describe('init --from-table', () => {
  it.each([
    [1700, undefined, 1],
    [4096, 34_000, 0.5],
  ])('writes a scenario that fills a table of %d as the real one of %d is filled', async (size, limit, utilization) => {
    const file = join(folder, 'mine.yaml');
    await initFromTable(file, { ...OPTIONS, table: listing(), size, limit });
    const loaded = loadScenario(file, { set: [], variables: {} });
    expect(loaded.scenario.floods.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'requests short',
      'close-wait short',
      'dns udp',
      'sockets long',
    ]);
    const { load, limit: table } = makePlan(planRequest({}, { loaded })).plan;
    expect(table.max).toBe(size);
    expect(load.utilization / utilization).toBeCloseTo(1, 2);
    const share = ((load.byState.TIME_WAIT ?? 0) / load.entries) * 17_000;
    expect(share / 12_000).toBeCloseTo(1, 2);
  });

  it('refuses a limit below what the table holds, and a file that exists', async () => {
    const table = listing();
    await expect(initFromTable(join(folder, 'a'), { ...OPTIONS, table, size: 4096, limit: 5 })).rejects.toThrow('--limit 5: ');
    await expect(initFromTable(table, { ...OPTIONS, table, size: 4096 })).rejects.toThrow('already exists');
  });
});
