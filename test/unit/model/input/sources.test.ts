import { expect, it } from 'vitest';
import { ADDRESS_PLANS, addressPlan } from '../../../../src/lab/addresses.ts';
import { entries, traitsOf } from '../../../../src/lab/capacity/synthetic-entries.ts';
import { SOURCE_POOL, sourceRange } from '../../../../src/model/input/sources.ts';

it('takes the addresses of a range one after the other, and comes round', () => {
  const range = sourceRange('198.18.255.254/31');
  expect(range.size).toBe(2);
  expect([0, 1, 2].map(range.at)).toEqual(['198.18.255.254', '198.18.255.255', '198.18.255.254']);
  expect(sourceRange('198.18.130.7/24').at(255)).toBe('198.18.130.255'); // bits of the host do not count
  expect(sourceRange('198.18.130.7').at(5)).toBe('198.18.130.7');
});

it('has none of the addresses that labs and synthetic entries have', () => {
  const pool = sourceRange(SOURCE_POOL);
  const inPool = (address: string) => /^198\.18\.(12[89]|1[3-9]\d|2\d\d)\./.test(address);
  expect([pool.at(0), pool.at(pool.size - 1)].every(inPool)).toBe(true);
  for (let number = 0; number < ADDRESS_PLANS; number++) {
    const { front, back, services, udpServices } = addressPlan(number);
    const used = [...services, ...udpServices].flatMap(({ virtual, endpoint }) => [virtual.address, endpoint.address]);
    expect([front.client, front.gateway, back.gateway, back.backend, ...used].filter(inPool)).toEqual([]);
  }
  expect(inPool(/-s (\S+)/.exec([...entries(traitsOf('ballast'), 0, 1)].join())?.[1] ?? '')).toBe(false);
});
