import { describe, expect, it } from 'vitest';
import { exposition, histogram } from '../../../../src/report/prometheus/exposition.ts';

describe("Prometheus' text format", () => {
  it('has help, type and samples of every family, with the common labels', () => {
    const families = [
      { name: 'a_total', type: 'counter', help: 'One\nline \\', samples: [{ labels: { flood: 'x"y\\z\n' }, value: 3 }] },
      { name: 'b', type: 'gauge', help: 'Nothing.', samples: [] },
    ] as const;
    expect(exposition(families, { scenario: 's' })).toBe(
      '# HELP a_total One\\nline \\\\\n# TYPE a_total counter\na_total{scenario="s",flood="x\\"y\\\\z\\n"} 3\n',
    );
  });

  it('counts into cumulative buckets', () => {
    const values = [
      [0.1, 2],
      [0.5, 1],
      [3, 4],
    ] as const;
    expect(histogram(values, [0.1, 1], {}).map(({ suffix, labels, value }) => [suffix, labels?.['le'], value])).toEqual([
      ['_bucket', '0.1', 2],
      ['_bucket', '1', 3],
      ['_bucket', '+Inf', 7],
      ['_sum', undefined, 12.7],
      ['_count', undefined, 7],
    ]);
  });
});
