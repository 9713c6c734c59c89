import { expect, it } from 'vitest';
import { Patience, UsersPatience } from '../../../../src/lab/capacity/patience.ts';

function patience(seconds: number) {
  const clock = { now: 100 };
  const lines: string[] = [];
  const log = { info: (line: string) => lines.push(line) };
  return { clock, lines, patience: new Patience(seconds, log, () => clock.now) };
}

it('lasts for as long as was given, and says once what it waits for', () => {
  const { clock, lines, patience: waiting } = patience(120);
  expect(waiting.lasts('other-run', 'run a1 (pid 7) relies on the current limit (ballast)')).toBe(true);
  clock.now += 60;
  expect(waiting.lasts('other-run', 'run b2 (pid 8) relies on the current limit (ballast)')).toBe(true);
  expect(waiting.lasts('other-namespace', 'network namespace web holds 900 entries')).toBe(true);
  clock.now += 60;
  expect(waiting.lasts('other-run', 'run b2 (pid 8) relies on the current limit (ballast)')).toBe(false);
  expect(lines).toEqual([
    'waiting up to 120 s for a lease, as ballast would distort this load: run a1 (pid 7) relies on the current limit (ballast)',
    'waiting up to 60 s for a lease, as ballast would distort this load: network namespace web holds 900 entries',
  ]);
});

it('is nothing where ballast is as good', () => {
  const { lines, patience: none } = patience(0);
  expect(none.lasts('other-run', 'run a1')).toBe(false);
  expect(lines).toEqual([]);
});

it('with runs without root lasts ten seconds, and names who is passed over', () => {
  const clock = { now: 100 };
  const lines: string[] = [];
  const add = (line: string) => void lines.push(line);
  const waiting = new UsersPatience({ info: add, warn: add }, () => clock.now, 'process 7 (cat) of user alice');
  clock.now += 9.9;
  expect(waiting.lasts()).toBe(true);
  clock.now += 0.1;
  expect([waiting.lasts(), waiting.lasts()]).toEqual([false, false]);
  expect(lines).toEqual([
    'waiting up to 10 s for a run without root that relies on the conntrack limits: process 7 (cat) of user alice',
    'changing the conntrack limits, although process 7 (cat) of user alice still relies on them',
  ]);
});
