import { describe, expect, it } from 'vitest';
import { parseVersion } from '../../../../src/model/node/version.ts';
import { requirementText } from '../../../../src/report/plan/plan-requirements.ts';
import { makePlan, type PlanRequest } from '../../../../src/session/plan.ts';
import { parseBaseline } from '../../../../src/sizing/gate/baseline.ts';
import { judge } from '../../../../src/sizing/gate/judge.ts';
import { type GateRule, parseRequirement } from '../../../../src/sizing/gate/requirement.ts';
import { errorOf } from '../../../fixtures/error-of.ts';
import { planRequest } from '../../../fixtures/planned.ts';

function planned(release: string, traffic: PlanRequest['traffic'] = {}, instanceTypes = ['m5.large']) {
  const kubeProxyVersion = parseVersion(release) ?? expect.fail(release);
  return makePlan(planRequest({ instanceTypes, kubeProxyVersion }, { traffic })).plan;
}

function rule(text: string): GateRule {
  const parsed = parseRequirement(text);
  return typeof parsed === 'string' ? expect.fail(parsed) : parsed;
}

const baseline = (plan: object) => parseBaseline(JSON.stringify(plan), 'plan.json');

describe('a plan as a gate', () => {
  it('fails an upgrade of kube-proxy that halves the limit, and names both figures', () => {
    const [judged] = judge(planned('1.29'), [rule('limit>=baseline')], baseline(planned('1.28')));
    expect(judged).toMatchObject({ observed: 131_072, limit: 262_144, ok: false, instanceType: null });
    expect(judged && requirementText(judged)).toBe('limit>=baseline: limit is 131,072, compared with 262,144');
    expect(judge(planned('1.29'), [rule('limit>=baseline*0.5')], baseline(planned('1.28')))[0]?.ok).toBe(true);
    expect(judge(planned('1.28'), [rule('limit>=baseline')], baseline(planned('1.29')))[0]?.ok).toBe(true);
  });

  it('judges every instance type, each against its own baseline', () => {
    const types = ['m5.large', 'm5.2xlarge'];
    const judged = judge(planned('1.29', {}, types), [rule('limit>=baseline')], baseline(planned('1.28', {}, types)));
    expect(judged.map(({ instanceType, ok }) => [instanceType, ok])).toEqual([
      ['m5.large', false],
      ['m5.2xlarge', true],
    ]);
    expect(judged[0] && requirementText(judged[0])).toContain('limit is 131,072 on m5.large, compared');
  });

  it.each([
    ['utilization<0.79', false],
    ['utilization<82%', true],
    ['peak_utilization<=1', false],
    ['peak_entries<120k', false],
    ['safe_rate>=300', true],
    ['time_to_full>2m', true],
    ['time_to_full>5m', false],
    ['memory<64Mi', true],
  ])('of a load that does not fit: %s is %s', (text, ok) => {
    const plan = planned('1.29', { rate: 700, websockets: 20_000, lifetimeSeconds: 0.5 });
    expect(judge(plan, [rule(text)], undefined)[0]?.ok).toBe(ok);
  });

  it('takes what has no bound for more than any number', () => {
    const [judged] = judge(planned('1.29', { rate: 1 }), [rule('time_to_full>10h')], undefined);
    expect(judged).toMatchObject({ observed: null, ok: true });
    expect(judged && requirementText(judged)).toContain('time_to_full is unlimited');
  });

  it('passes nothing that it does not know', () => {
    const of =
      (text: string, one = planned('1.29'), base?: object) =>
      () =>
        judge(one, [rule(text)], base === undefined ? undefined : baseline(base));
    const loaded = planned('1.29', { rate: 5 });
    expect(errorOf(of('utilization<0.8')).message).toContain('--require utilization<0.8: no load is given');
    expect(errorOf(of('limit>=baseline')).message).toContain('there is no baseline');
    expect(errorOf(of('limit>1', loaded, loaded)).message).toContain('no requirement compares with it');
    expect(errorOf(of('entries<=baseline', loaded, planned('1.29'))).message).toContain('plan.json has no load');
    const several = planned('1.29', {}, ['m5.large', 'c5.large']);
    expect(errorOf(of('limit>=baseline', several, planned('1.29'))).message).toContain('plan.json has no plan for m5.large');
    const { max: _, ...without } = planned('1.29').limit;
    expect(errorOf(of('limit>=baseline', planned('1.29'), { ...planned('1.29'), limit: without })).message).toContain(
      'has no max',
    );
  });

  it.each(['{}', 'no JSON', '[]', '{"schema": "ctload/find@1"}'])('refuses a baseline that is not a plan: %s', (text) => {
    expect(errorOf(() => parseBaseline(text, 'plan.json')).message).toContain('--baseline plan.json: not a plan');
  });
});

describe('a requirement', () => {
  it.each([
    ['utilisation<0.8', 'did you mean utilization?'],
    ['max>=1', 'did you mean limit?'],
    ['peakEntries<5', 'did you mean peak_entries?'],
    ['load.timeToFullSeconds>5m', 'did you mean time_to_full?'],
    ['colour<5', 'use limit, buckets, memory'],
    ['utilization', 'expected a metric, one of <= >='],
    ['time_to_full>10', 'expected a duration such as 5m, or baseline, after >, got "10"'],
    ['limit>=baseline*x', 'expected a number such as 200000 or 200k'],
    ['utilization<eighty%', 'expected a share such as 0.8 or 80%'],
  ])('%s is refused', (text, message) => {
    expect(parseRequirement(text)).toContain(message);
  });
});
