import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readSlice } from '../../../../src/probe/states/table-slice.ts';

const folder = mkdtempSync(join(tmpdir(), 'ctload-slice-'));
const file = join(folder, 'nf_conntrack');
afterAll(() => rmSync(folder, { recursive: true }));

const entry = (state: string, mark: number) =>
  `ipv4     2 tcp      6 9 ${state} src=198.18.1.2 dst=198.18.8.1 sport=4 dport=80 src=198.18.2.2 dst=198.18.2.1 sport=80 dport=4 [ASSURED] mark=${mark} zone=0 use=2\n`;
const DATAGRAM =
  'ipv4     2 udp      17 29 src=198.18.1.2 dst=198.18.8.1 sport=6 dport=53 [UNREPLIED] src=198.18.2.2 dst=198.18.2.1 sport=53 dport=6 mark=0 zone=0 use=2\n';

it('counts the first entries of the table, those with a mark left out', () => {
  writeFileSync(file, entry('CLOSE', 0) + entry('ESTABLISHED', 1_668_574_820) + DATAGRAM + entry('TIME_WAIT', 0).repeat(100));
  const slice = readSlice(3, () => 103, { path: file });
  expect(slice?.reclaimed).toBe(0);
  expect(slice?.count.result()).toMatchObject({ states: { CLOSE: 1, udp: 1 }, unreplied: 1, assured: 1 });
});

it('scales what it read up to the table', () => {
  writeFileSync(file, entry('CLOSE', 0).repeat(30) + entry('TIME_WAIT', 0).repeat(10));
  const { count } = readSlice(100, () => 40, { path: file }) ?? { count: undefined };
  expect(count?.entries).toBe(40);
  expect(count?.result(10)).toEqual({ states: { CLOSE: 300, TIME_WAIT: 100 }, unreplied: 0, assured: 400 });
});

it('stops where the table loses more than it may, and says how much it lost', () => {
  writeFileSync(file, entry('CLOSE', 0).repeat(1000));
  const sizes = [2000, 1995, 1970];
  const slice = readSlice(500, () => sizes.shift() ?? 0, { path: file });
  expect(slice?.reclaimed).toBe(30);
  expect(slice?.count.entries).toBeLessThan(10);
});

it('is not to be had where the kernel does not list entries', () => {
  expect(readSlice(10, () => 0, { path: join(folder, 'absent') })).toBeUndefined();
});
