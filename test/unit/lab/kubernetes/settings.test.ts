import { expect, it } from 'vitest';
import { capacityIn } from '../../../../src/lab/kubernetes/settings.ts';
import { errorOf } from '../../../fixtures/error-of.ts';

const sysctls = (max: string, buckets: string) => ({
  'net.netfilter.nf_conntrack_max': max,
  'net.netfilter.nf_conntrack_buckets': buckets,
});

it("tries the node's own limit, and refuses a node that has none", () => {
  expect(capacityIn(sysctls('131072', '65536'), 'node-a')).toMatchObject({
    method: 'in-force',
    max: 131_072,
    effectiveMax: 131_072,
  });
  expect(errorOf(() => capacityIn(sysctls('0', '65536'), 'node-a')).message).toContain('its table has no limit');
  expect(errorOf(() => capacityIn({}, 'node-a')).message).toContain('the node node-a has no nf_conntrack');
});
