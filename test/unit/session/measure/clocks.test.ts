import { expect, it } from 'vitest';
import { readClocks, setClocks } from '../../../../src/session/measure/clocks.ts';

const machine = (id: string) => ({ id, toLocal: (t: number) => t });
const [ofClient, other, gone] = ['a', 'b', 'c'].map(machine) as [
  ReturnType<typeof machine>,
  ReturnType<typeof machine>,
  ReturnType<typeof machine>,
];
const clock = (of: typeof other, before: number, after: number, error: number) => ({
  machine: of,
  set: async () => ({ offset: before, error: 0.002 }),
  read: async () => ({ offset: after, error }),
});

it('compares the clocks of other machines with that of the client', async () => {
  const clocks = [clock(ofClient, 5, 5.001, 0.002), clock(other, 7, 7.004, 0.002), clock(gone, 1, 1, Number.POSITIVE_INFINITY)];
  const lab = { clocks, client: { machine: ofClient } as never };
  const records = await readClocks(lab, await setClocks(lab));
  expect(records).toMatchObject([{ type: 'clock', machine: 'b', offsetSeconds: 7, errorSeconds: 0.004 }]);
  expect(records[0]?.driftSeconds).toBeCloseTo(0.003, 6);
});

it('takes this machine for exact where the client is on it', async () => {
  const lab = { clocks: [clock(other, 7, 7.004, 0.002)], client: { machine: machine('main') } as never };
  const [record] = await readClocks(lab, await setClocks(lab));
  expect(record?.errorSeconds).toBe(0.002);
  expect(record?.driftSeconds).toBeCloseTo(0.004, 6);
  expect(await readClocks({ client: lab.client }, [])).toEqual([]);
});
