import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../../../src/scenario/load.ts';
import { commonVariable, loadVariants, type VariantLoader, withOneLab } from '../../../../src/session/campaign/variants.ts';
import { errorOf } from '../../../fixtures/error-of.ts';

const HEAD = `version: 1
name: x
gateway: {conntrack: {max: 500}}
floods: {a: {kind: short, executor: constant-arrival-rate, rate: 10, duration: 5s}}
`;

function variantsOf(more: string, inputs: { readonly set?: readonly string[]; readonly driver?: string } = {}) {
  const text = HEAD + more;
  const load: VariantLoader = (variant, trial = []) => parseScenario(text, 'x.yaml', { ...inputs, variant, trial });
  return withOneLab(loadVariants(parseScenario(text, 'x.yaml', inputs), load), load);
}

const drivers = (more: string, driver?: string) =>
  variantsOf(more, driver === undefined ? {} : { driver }).map(({ loaded }) => loaded.scenario.lab.driver);

describe('variants', () => {
  it('are the scenario with their settings, and have no variants of their own', () => {
    const [same, large] = variantsOf('variants: {same: {}, large: {set: {gateway.conntrack.max: 1k, floods.a.rate: 20}}}', {
      set: ['gateway.conntrack.max=700', 'backend.delay=5ms'],
    });
    expect(same?.loaded.scenario.gateway.conntrack.max).toBe(700);
    expect(large?.loaded.scenario).toMatchObject({
      gateway: { conntrack: { max: 1000 } },
      floods: [{ shape: { rate: 20 } }],
      backend: { delaySeconds: 0.005 },
    });
    expect(large?.loaded.resolved).not.toContain('variants');
    expect(parseScenario(large?.loaded.resolved ?? '', 'resolved.yaml')).toEqual(large?.loaded);
  });

  it('that are not valid are refused together, each by its name', () => {
    const broken = 'variants: {good: {}, bad: {set: {gateway.conntrack.max: 0}}, worse: {set: {gateway.conntrak: 1}}}';
    const { message, exitCode } = errorOf(() => variantsOf(broken));
    expect(exitCode).toBe(104);
    expect(message).toMatch(/^variant bad is not valid:\nvariants\.bad: gateway\.conntrack\.max: must be at least 1$/m);
    expect(message).toMatch(
      /^variant worse is not valid:\nvariants\.worse: gateway\.conntrak: unknown key; did you mean conntrack/m,
    );
    expect(message).not.toContain('good');
  });

  it('name the variant also where the fault shows in another place', () => {
    const { message } = errorOf(() => variantsOf('variants: {plain: {}, late: {set: {actions: [{at: 9h, flush: true}]}}}'));
    expect(message).toContain('variant late is not valid:');
  });
});

describe('a search of variants', () => {
  it('varies the same key in all, above what the variant sets', () => {
    const variants = variantsOf('variants: {same: {}, fast: {set: {floods.a.rate: 20}}}');
    expect(commonVariable(variants)).toBe('floods.a.rate');
    expect(variants[1]?.load(['floods.a.rate=33']).scenario).toMatchObject({ floods: [{ shape: { rate: 33 } }] });
  });

  it('is refused where one cannot be searched, or varies another key', () => {
    const acting = errorOf(() => commonVariable(variantsOf('variants: {a: {}, b: {set: {actions: [{at: 1s, flush: true}]}}}')));
    expect(acting).toMatchObject({ exitCode: 104, message: expect.stringContaining('variant b cannot be searched:\nactions: ') });
    const other = 'variants: {a: {}, b: {set: {find.variable: gateway.conntrack.max}}}';
    expect(errorOf(() => commonVariable(variantsOf(other))).message).toContain(
      'variants a and b differ in what a search varies (floods.a.rate, gateway.conntrack.max)',
    );
  });
});

describe('one driver and one kernel', () => {
  it.each([
    ['nobody asks', 'variants: {a: {}, b: {}}', ['auto', 'auto']],
    ['one needs a virtual machine', 'variants: {a: {}, b: {set: {lab.driver: vm}}}', ['vm', 'vm']],
    ['the scenario has one', 'lab: {driver: vm}\nvariants: {a: {}, b: {}}', ['vm', 'vm']],
  ])('when %s', (_, more, expected) => {
    expect(drivers(more)).toEqual(expected);
  });

  it('gives all the machine that one asks for', () => {
    const all = variantsOf('variants: {a: {}, b: {set: {lab.driver: vm, lab.vm.memory: 512Mi}}}');
    expect(all.map(({ loaded }) => loaded.scenario.lab.vm?.memoryBytes)).toEqual([2 ** 29, 2 ** 29]);
  });

  it('is what --driver says', () => {
    expect(drivers('variants: {a: {}, b: {set: {lab.driver: vm}}}', 'docker')).toEqual(['docker', 'docker']);
  });

  it.each([
    [
      'variants: {a: {set: {lab.driver: netns}}, b: {set: {lab.driver: vm}}}',
      'variants a and b differ in lab.driver ("netns", "vm")',
    ],
    ['lab: {driver: vm}\nvariants: {a: {}, b: {set: {lab.vm.cpus: 2}}}', 'variants a and b differ in lab.vm.cpus (1, 2)'],
  ])('is required: %s', (more, message) => {
    const error = errorOf(() => variantsOf(more));
    expect(error.message).toContain(message);
    expect(error.exitCode).toBe(104);
    expect(error.hint).toMatch(/--driver vm|same lab\.vm\.cpus/);
  });
});
