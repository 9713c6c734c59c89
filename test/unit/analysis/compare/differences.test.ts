import { describe, expect, it } from 'vitest';
import { findDifferences } from '../../../../src/analysis/compare/differences.ts';
import { comparedRun } from '../../../fixtures/compared.ts';

const BASE = comparedRun();
const { environment, run } = BASE.summary;
const inEnvironment = (more: object) => comparedRun(undefined, { summary: { environment: { ...environment, ...more } } });
const SMALLER = comparedRun(undefined, {
  scenario: { 'gateway.conntrack.max': '950' },
  summary: { environment: { ...environment, sysctls: { ...environment.sysctls, 'net.netfilter.nf_conntrack_max': '950' } } },
});

describe('whether two sides may be compared', () => {
  it('says what differs, and what to allow', () => {
    expect(findDifferences([BASE], [SMALLER], [])).toEqual({
      objections: [
        { code: 'different', key: 'gateway.conntrack.max', base: '1000', candidate: '950' },
        { code: 'different', key: 'sysctls.net.netfilter.nf_conntrack_max', base: null, candidate: '950' },
      ],
      allow: ['gateway.conntrack.max'],
    });
  });

  it('allows a key with all that follows from it, or an area of keys', () => {
    const expected = [
      { key: 'gateway.conntrack.max', base: '1000', candidate: '950', allowed: true },
      { key: 'sysctls.net.netfilter.nf_conntrack_max', base: null, candidate: '950', allowed: true },
    ];
    expect(findDifferences([BASE], [SMALLER], ['gateway.conntrack.max'])).toEqual(expected);
    expect(findDifferences([BASE], [SMALLER], ['gateway'])).toEqual(expected);
  });

  it.each([
    ['machine.kernel', { kernel: '5.10.0' }],
    ['machine.cpus', { cpus: 64 }],
    ['machine.memory', { memoryBytes: 1e9 }],
    ['lab.driver', { driver: 'docker' }],
    ['lab.rootless', { rootless: true }],
    ['sysctls.net.ipv4.tcp_syn_retries', { sysctls: { 'net.ipv4.tcp_syn_retries': '5' } }],
  ])('refuses another %s', (key, more) => {
    expect(findDifferences([BASE], [inEnvironment(more)], [])).toMatchObject({ allow: [key] });
  });

  it('refuses another way to a small table', () => {
    const ballast = comparedRun({ fullAt: 6.005, ballast: 9000 });
    expect(findDifferences([BASE], [ballast], [])).toMatchObject({ allow: ['gateway.conntrack.method'] });
  });

  it('shows what does no harm, but does not ask', () => {
    const other = comparedRun(undefined, {
      scenario: { name: 'other', 'thresholds.conn_failed.0': 'rate<1' },
      summary: { run: { ...run, version: '0.2.0' } },
    });
    expect(findDifferences([BASE], [other], [])).toEqual([
      { key: 'name', base: 'test', candidate: 'other', allowed: false },
      { key: 'versions.ctload', base: '0.1.0', candidate: '0.2.0', allowed: false },
      { key: 'thresholds.conn_failed.0', base: null, candidate: 'rate<1', allowed: false },
    ]);
  });

  it('refuses runs of one side that are no repeats of each other, whatever is allowed', () => {
    expect(findDifferences([BASE, SMALLER], [BASE], ['gateway.conntrack.max'])).toEqual({
      objections: [
        { code: 'mixed', side: 'BASE', key: 'gateway.conntrack.max', values: ['1000', '950'] },
        { code: 'mixed', side: 'BASE', key: 'sysctls.net.netfilter.nf_conntrack_max', values: [null, '950'] },
      ],
      allow: [],
    });
  });

  it('refuses to allow what there is not', () => {
    expect(findDifferences([BASE], [SMALLER], ['gateway.contrack.max'])).toMatchObject({
      objections: [{ code: 'unknown-setting', area: 'gateway.contrack.max' }],
    });
  });

  it('goes by the hash where a scenario is missing', () => {
    const bare = { ...BASE, scenario: null };
    expect(findDifferences([bare], [BASE], [])).toEqual([]);
    const scenario = { ...BASE.summary.scenario, sha256: 'f'.repeat(64) };
    const changed = comparedRun(undefined, { summary: { scenario } });
    expect(findDifferences([bare], [changed], [])).toMatchObject({ allow: ['scenario'] });
  });
});
