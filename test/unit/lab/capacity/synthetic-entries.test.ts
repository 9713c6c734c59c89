import { expect, test } from 'vitest';
import { entries, traitsOf } from '../../../../src/lab/capacity/synthetic-entries.ts';
import { entriesIn } from '../../../../src/lab/host/table.ts';

function lines(filling: 'ballast' | 'prefill', first: number, count: number): string[] {
  return [...entries(traitsOf(filling), first, count)].join('').trimEnd().split('\n');
}

test('as many entries as asked for, no tuple twice, none where the lab has its own', () => {
  const all = lines('ballast', 0, 262_144);
  expect(all).toHaveLength(262_144);
  expect(new Set(all).size).toBe(262_144);
  for (const line of [all[0], all.at(-1)])
    expect(line).toMatch(/-s 198\.19\.1(2[89]|[3-9]\d)\.\d+ --sport \d+ -d 198\.19\.255\.254 /);
});

test('a top-up continues where the last one ended', () => {
  expect(lines('ballast', 1_000, 10)).toEqual(lines('ballast', 0, 1_010).slice(1_000));
});

test('ballast and prefill carry the mark; neither shares a tuple with the other', () => {
  expect(lines('ballast', 0, 1)[0]).toContain(' -m 1668574308');
  expect(lines('prefill', 0, 1)[0]).toContain(' -m 1668574308');
  expect(lines('prefill', 0, 1)[0]).not.toContain('--dport 1 ');
});

test('prefill is of the families of the lab, in turn', () => {
  const chunk = (family: 'ipv6' | 'dual') => [...entries(traitsOf('prefill', family), 0, 4)].join('');
  const ipv6 = '-s 2001:2:0:1980::1 --sport 1024 -d 2001:2:0:19ff::254 --dport 2 ';
  expect(chunk('ipv6')).toContain(ipv6);
  expect(chunk('ipv6')).not.toContain('198.19.');
  expect(chunk('dual').match(/-s [\d.:a-f]+ --sport \d+/g)).toEqual([
    '-s 198.19.128.1 --sport 1024',
    '-s 2001:2:0:1980::1 --sport 1024',
    '-s 198.19.128.1 --sport 1025',
    '-s 2001:2:0:1980::1 --sport 1025',
  ]);
  expect([...entries(traitsOf('ballast', 'ipv6'), 0, 1)].join('')).toContain('-s 198.19.128.1 ');
});

test('the count is read from the first CPU’s line, in hexadecimal', () => {
  expect(entriesIn('entries  clashres found\n0003fc18  00000000 00000000\n0003fc18  00000001 00000000\n')).toBe(261_144);
  expect(entriesIn('')).toBe(0);
});

test('those of a rehearsal end by themselves; unreplied ones may be evicted', () => {
  const [line] = entries({ port: 3, mark: 5, timeoutSeconds: 42, isReplied: false }, 0, 1);
  expect(line).toMatch(/ --dport 3 --state SYN_SENT -t 42 -m 5\n$/);
});
