import { expect, it } from 'vitest';
import { StatesPace } from '../../../../src/session/watch/states-pace.ts';

it('looks at tables in turn, at each every ten seconds at most', () => {
  const pace = new StatesPace();
  const looks: [number, number][] = [];
  for (let now = 0; now <= 25; now++) {
    const table = pace.choose(now, [1, 2, 3]);
    if (table === undefined) continue;
    pace.looked(now, table, 0.001);
    looks.push([now, table]);
  }
  expect(looks).toEqual([0, 10, 20].flatMap((from) => [1, 2, 3].map((table, index) => [from + index, table])));
});

it('takes less than a hundredth of a core, however much a look costs', () => {
  const pace = new StatesPace();
  let spent = 0;
  for (let now = 0; now < 3600; now++) {
    const table = pace.choose(now, [1, 2, 3, 4]);
    if (table === undefined) continue;
    pace.looked(now, table, 0.3);
    spent += 0.3;
  }
  expect(spent).toBeGreaterThan(1);
  expect(spent / 3600).toBeLessThan(0.01);
});

it('forgets a table that is gone', () => {
  const pace = new StatesPace();
  pace.looked(0, 1, 0);
  expect(pace.choose(1, [1])).toBeUndefined();
  pace.forget(1);
  expect(pace.choose(1, [1])).toBe(1);
  expect(pace.choose(1, [])).toBeUndefined();
});
