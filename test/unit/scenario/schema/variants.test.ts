import { describe, expect, it } from 'vitest';
import { crossedVariants } from '../../../../src/model/input/variants.ts';
import { parseScenario } from '../../../../src/scenario/load.ts';
import { errorOf } from '../../../fixtures/error-of.ts';

const HEAD = `version: 1
name: x
gateway: {conntrack: {max: 500}}
floods: {a: {kind: short, executor: constant-arrival-rate, rate: 10, duration: 5s}}
`;
const parsed = (more: string, set: readonly string[] = []) => parseScenario(HEAD + more, 'x.yaml', { set });

describe('variants', () => {
  it('keep their order and have defaults', () => {
    const { scenario } = parsed('variants: {b: {}, a: {description: Twice, set: {gateway.conntrack.max: 1k}}}\nbaseline: a');
    expect(scenario.variants).toEqual([
      { name: 'b', description: '', set: {} },
      { name: 'a', description: 'Twice', set: { 'gateway.conntrack.max': '1k' } },
    ]);
    expect(scenario.baseline).toBe('a');
  });

  it('read back the same from the resolved scenario', () => {
    const { scenario, resolved } = parsed(`variants:
  a: {description: costs $$5, set: {floods.a.stages: [{target: 5}], gateway.rules: {nftables: 'define $$X = 5'}}}`);
    expect(scenario.variants?.[0]?.description).toBe('costs $5');
    expect(parseScenario(resolved, 'resolved.yaml').scenario).toEqual(scenario);
  });

  it('take values from --set', () => {
    const { scenario } = parsed('variants: {a: {}}', ['variants.b.description=Another']);
    expect(scenario.variants?.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it.each([
    ['variants: {}', /variants: needs at least one variant/],
    ['variants: {a/b: {}}', /variants\.a\/b: may only contain letters/],
    ['variants: {a: {set: {seed: 5}}}', /variants\.a\.set\.seed: must be the dotted path of a key, .* and not version, seed/],
    ['variants: {a: {set: {gateway..max: 5}}}', /must be the dotted path/],
    ['variants: {a: {max: 5}}', /variants\.a\.max: unknown key/],
    ['variants: {small: {}}\nbaseline: smal', /baseline: unknown variant smal; did you mean small\?/],
    ['baseline: a', /baseline: unknown variant a; there are none/],
    ['variants: {a: {}}\ncross: {gateway.conntrack.max: [1]}', /cross: cannot be combined with variants/],
    ['cross: {gateway.conntrack.max: []}', /needs at least one value/],
    [`cross: {gateway.conntrack.max: [${Array.from({ length: 51 }, (_, i) => i)}]}`, /makes more than 50 variants/],
  ])('%s is refused', (more, message) => {
    expect(errorOf(() => parsed(more)).message).toMatch(message);
  });
});

describe('crossed lists', () => {
  const names = (cross: Readonly<Record<string, readonly unknown[]>>) => crossedVariants(cross).map(({ name }) => name);

  it('make every combination, the last list fastest', () => {
    const { scenario } = parsed(`cross: {gateway.conntrack.max: [500, 1k], gateway.dataplane: [iptables, nftables]}
baseline: max-1k_dataplane-iptables`);
    expect(scenario.variants?.map(({ set }) => Object.values(set).join(' '))).toEqual([
      '500 iptables',
      '500 nftables',
      '1k iptables',
      '1k nftables',
    ]);
    expect(scenario.variants?.[1]?.name).toBe('max-500_dataplane-nftables');
  });

  it.each<[Readonly<Record<string, readonly unknown[]>>, string[]]>([
    [{ 'floods.a.rate': [1, 2], 'floods.b.rate': [3] }, ['floods-a-rate-1_floods-b-rate-3', 'floods-a-rate-2_floods-b-rate-3']],
    [{ 'gateway.rules': [{ nftables: 'a' }, { nftables: 'b' }] }, ['rules-1', 'rules-2']],
    [{ 'floods.a.duration': ['1.5s', '1-5s', '2s'] }, ['duration-1', 'duration-2', 'duration-2s']],
    [{ a: ['x'.repeat(20)], b: ['y'.repeat(20)], c: ['z'.repeat(20)], d: ['u'.repeat(25)], e: ['v'.repeat(25)] }, ['variant-1']],
  ])('%j have names that are parts of a path', (cross, expected) => {
    expect(names(cross)).toEqual(expected);
  });
});
