import { expect, it } from 'vitest';
import { parseStatistics } from '../../../src/probe/netlink-table.ts';
import { ChangedCounters } from '../../../src/probe/table-reader.ts';

const LINES = `cpu=0   \tfound=1 invalid=2 insert=3 insert_failed=4 drop=5 early_drop=6 error=7 search_restart=8 clash_resolve=9 chaintoolong=10 
cpu=1   \tfound=10 invalid=20 insert=30 insert_failed=40 drop=50 early_drop=60 error=70 search_restart=80 clash_resolve=90 chaintoolong=100 
`;

it('sums the counters of `conntrack -S` over CPUs', () => {
  expect(parseStatistics(LINES)).toEqual({
    found: 11,
    invalid: 22,
    insert: 33,
    insertFailed: 44,
    drop: 55,
    earlyDrop: 66,
    error: 77,
    searchRestart: 88,
    clashResolve: 99,
    chainTooLong: 110,
  });
});

it('leaves a counter the kernel lacks at 0, and knows what is not that output', () => {
  expect(parseStatistics('cpu=0 found=0 drop=1 early_drop=0\n')).toMatchObject({ drop: 1, chainTooLong: 0 });
  expect(parseStatistics('')).toBeUndefined();
});

it('records only the counters that have changed', () => {
  const changed = new ChangedCounters();
  expect(changed.of({ drop: 0, earlyDrop: 2 })).toEqual({ drop: 0, earlyDrop: 2 });
  expect(changed.of({ drop: 1, earlyDrop: 2 })).toEqual({ drop: 1 });
  expect(changed.of({})).toEqual({});
});
