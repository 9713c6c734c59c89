import { describe, expect, it } from 'vitest';
import { parseLimit } from '../../../../src/commands/compare/limits.ts';

describe('--max-regression', () => {
  it.each([
    ['breaking_point_entries=2%', 'breaking_point_entries', undefined, 0.02],
    ['conn_connecting p(99)=10%', 'conn_connecting', 'p(99)', 0.1],
    ['conn_connecting.p(99.9)= 0.5 %', 'conn_connecting', 'p(99.9)', 0.005],
    ['conn_failed{flood:requests}=0%', 'conn_failed{flood:requests}', undefined, 0],
    ['gateway_cpu_share avg=20%', 'gateway_cpu_share', 'avg', 0.2],
    ['host_cpu_share=20%', 'host_cpu_share', undefined, 0.2],
    ['host_memory_share=20%', 'host_memory_share', undefined, 0.2],
  ])('%s', (text, metric, aggregation, share) => {
    const limit = parseLimit(text);
    expect(limit).toMatchObject({ metric, aggregation });
    expect(limit.share).toBeCloseTo(share, 12);
  });

  it.each([
    ['breaking_point_entries', 'METRIC=PERCENT%'],
    ['breaking_point_entries=2', 'METRIC=PERCENT%'],
    ['=2%', 'METRIC=PERCENT%'],
    ['conn_failed{flood=2%', 'conn_failed{flood:requests}'],
    ['conn_faild=2%', 'there is no metric conn_faild; did you mean conn_failed?'],
    ['http_req_duration p(95)=2%', 'did you mean conn_duration?'],
    ['conntrack_drop p(99)=2%', 'conntrack_drop is a counter and has count, rate'],
  ])('refuses %s', (text, hint) => {
    expect(() => parseLimit(text)).toThrow(expect.objectContaining({ exitCode: 2, hint: expect.stringContaining(hint) }));
  });
});
