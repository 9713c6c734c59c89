import { expect, it } from 'vitest';
import { busiestClient, cpusOn } from '../../../../src/analysis/log/machines.ts';
import type { HostRecord, MetaRecord } from '../../../../src/model/timeline/sample.ts';

const record = (machine: string, t: number, cpuShare: number) => ({ type: 'host', t, machine, cpuShare }) as HostRecord;
const meta = (...machines: string[]) =>
  ({
    lab: { ...(machines.length === 0 ? {} : { clients: machines.map((machine, i) => ({ name: `client-${i + 1}`, machine })) }) },
    environment: { cpus: 2, machines: { b: { cpus: 8 } } },
  }) as unknown as MetaRecord;

it('judges the clients by the busiest of their machines, during the load', () => {
  const records = [record('a', -1, 1), record('a', 1, 0.2), record('b', 1, 0.9), record('b', 2, 0.7), record('c', 1, 1)];
  expect(busiestClient(meta('a', 'b', 'a'), records)).toBe('b');
  expect(busiestClient(meta('a', 'a'), records)).toBe('a');
  expect(busiestClient(meta('a', 'b'), [])).toBe('a');
  expect(busiestClient(meta(), records)).toBe('main');
  expect([cpusOn(meta(), 'b'), cpusOn(meta(), 'main')]).toEqual([8, 2]);
});
