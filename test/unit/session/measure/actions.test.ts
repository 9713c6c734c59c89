import { expect, test } from 'vitest';
import type { Lab } from '../../../../src/lab/lab.ts';
import type { TimelineRecord } from '../../../../src/model/timeline/sample.ts';
import { monotonic } from '../../../../src/platform/clock.ts';
import { parseScenario } from '../../../../src/scenario/load.ts';
import { startActions } from '../../../../src/session/measure/actions.ts';

/** Starts actions on a lab of which nothing but its limit is used. */
function started(actions: string, setMax: (max: number) => Promise<void>) {
  const { scenario } = parseScenario(
    `version: 1
name: outage
gateway: {conntrack: {max: 500}}
floods: {web: {kind: short, executor: constant-arrival-rate, rate: 10, duration: 60s}}
actions: ${actions}`,
    'outage.yaml',
  );
  const records: TimelineRecord[] = [];
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const begin = monotonic();
  const lab = { driver: 'netns', capacity: { effectiveMax: 500, ballast: 0 }, setMax } as unknown as Lab;
  const outlets = { now: () => monotonic() - begin, record: (record: TimelineRecord) => void records.push(record) };
  return {
    running: startActions(lab, scenario, { ...outlets, log: { info: say, warn: say }, signal: new AbortController().signal }),
    records,
    said,
  };
}

test('actions are carried out in the order of their times, and recorded', async () => {
  const set: number[] = [];
  let last: () => void = () => {};
  const all = new Promise<void>((resolve) => {
    last = resolve;
  });
  const { running, records, said } = started('[{at: 60ms, max: 900}, {at: 20ms, max: 700}]', async (max) => {
    set.push(max);
    if (max === 900) last();
  });
  expect(running.max).toBe(500);
  await all;
  await running[Symbol.asyncDispose]();
  expect(set).toEqual([700, 900]);
  expect(running.max).toBe(900);
  expect(records).toMatchObject([
    { name: 'action', action: { max: 700 } },
    { name: 'action', action: { max: 900 }, detail: 'nf_conntrack_max set to 900' },
  ]);
  expect(said).toHaveLength(2);
});

test('one that fails ends them, and says which it was and why', async () => {
  const { running, records } = started('[{at: 0s, max: 700}, {at: 10ms, max: 900}]', async () => {
    throw new Error('the kernel set 600');
  });
  expect(await running.failed).toEqual(['action-failed', 'action 1 of 2 (nf_conntrack_max set to 700): the kernel set 600']);
  await running[Symbol.asyncDispose]();
  expect(records).toEqual([]);
});

test('those that are not due when the load is over are left out, with a warning', async () => {
  const { running, records, said } = started('[{at: 40s, max: 700}]', async () => {});
  await running[Symbol.asyncDispose]();
  expect(records).toEqual([]);
  expect(said).toEqual(['the load was over before 1 of 1 actions were due']);
});
