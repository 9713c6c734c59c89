// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of scenarios
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { CtloadError } from '../../../../src/platform/errors.ts';
import { check } from '../../../../src/scenario/check.ts';
import { parseAnyScenario } from '../../../../src/scenario/load.ts';
import { scenarioJsonSchema } from '../../../../src/scenario/schema/json-schema.ts';
import { STARTER } from '../../../../src/scenario/starter.ts';
import { variedScenarios } from '../../../fixtures/varied-scenarios.ts';

const validate = new Ajv({ strict: false }).compile(JSON.parse(scenarioJsonSchema()));

const GOOD = `version: 1
name: x
gateway: {conntrack: {max: 500}}
floods: {a: {kind: short, executor: constant-arrival-rate, rate: 10, duration: 5s}}
`;

/** What ctload refuses and a JSON Schema cannot: the reason, the problem, and a change of GOOD that shows it. */
const BEYOND: readonly (readonly [reason: string, problem: RegExp, from: string, to: string])[] = [
  [
    'a key names a key of another section',
    /: unknown (flood|variant) |is only measured for/,
    'floods:',
    "thresholds: {'conns{flood:b}': []}\nfloods:",
  ],
  ['a product has to be computed', /makes more than 50 variants/, 'name: x', `name: x\ncross: {a: [${Array(51).fill(5)}]}`],
  ['two values are compared', /must leave room in the table/, 'max: 500', 'max: 500, prefill: 500'],
  [
    'a key of a flood is compared with others of it',
    /: (half )?needs protocol: http|cannot be combined with close: half/,
    'duration: 5s',
    'duration: 5s, protocol: tcp, lifetime: 5s',
  ],
  [
    'an action is compared with the dataplane and with other actions',
    /actions\.\d+\.endpoint: (needs rules of ctload|may be done once)/,
    'floods:',
    'actions: [{at: 1s, endpoint: gone}, {at: 2s, endpoint: gone}]\nfloods:',
  ],
  [
    'depends on the release',
    /conntrack\.max cannot be combined with conntrack\.maxPerCore: kube-proxy/,
    'max: 500',
    "node: {instanceType: m5.large}, kubeProxy: {version: '1.12', max: 5, maxPerCore: 5}",
  ],
  [
    'the catalogue is nearly as long as the rest of the schema',
    /unknown instance type/,
    'max: 500',
    'node: {instanceType: m5.lrge}',
  ],
  [
    'the parts of a duration have to be added',
    /: (must be (at least|at most|whole seconds)|kube-proxy cuts this).* "[\d.]+[a-zµ]/,
    'duration: 5s',
    'duration: 700h',
  ],
  [
    'a number written as text has to be converted',
    /: must be (at least|at most|more than|a share).* "[\d.]+[km]?"$/i,
    'max: 500',
    'max: 9999m',
  ],
];

/** What ctload says of a file, with the text that each problem is about. */
function problemsOf(data: unknown): string[] {
  return (check(data).problems ?? []).map(({ path, message }) => {
    const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], data);
    return `${path.join('.')}: ${message}${typeof value === 'string' ? ` ${JSON.stringify(value)}` : ''}`;
  });
}

/** Whether ctload accepts the file when A is 7. */
function accepts(data: unknown): boolean {
  try {
    parseAnyScenario(stringify(data), 'x.yaml', { variables: { A: '7' } });
    return true;
  } catch (error) {
    if (error instanceof CtloadError) return false;
    throw error;
  }
}

it('refuses what ctload refuses and accepts what it accepts, in files with one or two changes', () => {
  const wrong: unknown[] = [];
  const counts = { accepted: 0, refused: 0, variables: 0 };
  for (const data of variedScenarios(2000, 1)) {
    const passes = validate(data);
    if (JSON.stringify(data).includes('${')) {
      if (!accepts(data)) continue; // perhaps only because of what the variables are
      counts.variables++;
      if (!passes) wrong.push({ accepted: data, errors: validate.errors?.slice(0, 3) });
      continue;
    }
    const problems = problemsOf(data);
    counts[problems.length === 0 ? 'accepted' : 'refused']++;
    if (problems.length === 0 && !passes) wrong.push({ accepted: data, errors: validate.errors?.slice(0, 3) });
    if (passes && !problems.every((problem) => BEYOND.some(([, known]) => known.test(problem))))
      wrong.push({ refused: problems });
  }
  expect(wrong).toEqual([]);
  expect(counts.accepted).toBeGreaterThan(200);
  expect(counts.refused).toBeGreaterThan(1000);
  expect(counts.variables).toBeGreaterThan(3);
}, 30_000);

it.each(BEYOND)('leaves to ctload: %s', (_, problem, from, to) => {
  const data = parse(GOOD.replace(from, () => to));
  expect(problemsOf(data)).toEqual([expect.stringMatching(problem)]);
  expect(validate(data)).toBe(true);
});

const CASES = new URL('../../../fixtures/cases/', import.meta.url);

it.each(readdirSync(CASES))('refuses %s, as ctload does', (file) => {
  const data = parse(readFileSync(new URL(file, CASES), 'utf8'));
  expect(problemsOf(data)).not.toEqual([]);
  expect(validate(data)).toBe(false);
});

it('accepts what `ctload init` writes', () => {
  expect(validate(parse(STARTER))).toBe(true);
});

it.each([
  ['name: x', 'name: api-${STAGE:-test}'],
  ['max: 500', 'max: "${MAX:-500}"'],
  ['kind: short', 'kind: "${KIND:-short}"'],
  ['version: 1', 'version: ${V:-1}'],
  ['version: 1', 'version: 1\ndescription: costs $5, $$6 or ${A}'],
  ['gateway: {conntrack: {max: 500}}', 'lab: {driver: "${D:-netns}"}\ngateway: {conntrack: {max: 500}}'],
])('accepts %s written as %s', (from, to) => {
  const text = GOOD.replace(from, () => to);
  expect(parseAnyScenario(text, 'x.yaml', { variables: { A: '7' } }).scenario.version).toBe(1);
  expect(validate(parse(text))).toBe(true);
});

it.each([
  ['max: 500', 'max: -5'],
  ['max: 500', 'max: 1.5k5'],
  ['max: 500', 'max: 500, node: {instanceType: m5.large}'],
  ['max: 500', 'max: 500, kubeProxy: {}'],
  ['rate: 10', 'rate: 0'],
  ['duration: 5s', 'duration: 0s'],
  ['name: x', 'name: a b'],
  ['name: x', 'name: x-${A-b}'],
  ['floods:', 'thresholds: {conn_failed: ["rate<=>0.01"]}\nfloods:'],
  ['floods:', 'thresholds: {conn_failed: ["p(95)<5"]}\nfloods:'],
  ['floods:', 'thresholds: {"conntrack_drop{flood:a}": ["count==0"]}\nfloods:'],
  ['floods:', 'thresholds: {breaking_point_rate: [{threshold: "value>5", abortOnFail: true}]}\nfloods:'],
  ['floods:', 'lab: {driver: external, target: "10.0.0.1:80"}\nfloods:'],
  ['max: 500}}\nfloods: {a: {kind: short', 'max: 5}, dataplane: proxy}\nfloods: {a: {kind: stale'],
  ['{max: 500}}', '{max: 500}, ipvs: {}}'],
  ['{max: 500}}', '{max: 500}, dataplane: ipvs, tunnel: {kind: vxlan}}'],
  ['{max: 500}}', '{max: 500}, dataplane: ipvs, ipvs: {notrack: true}}'],
  ['{max: 500}}', '{max: 500}, dataplane: ipvs, ipvs: {conntrack: false}, masquerade: outside}'],
])('refuses %s written as %s', (from, to) => {
  const data = parse(GOOD.replace(from, () => to));
  expect(problemsOf(data).length + (accepts(data) ? 0 : 1)).toBeGreaterThan(0);
  expect(validate(data)).toBe(false);
});
