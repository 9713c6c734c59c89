import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../../../src/scenario/load.ts';

const SCENARIO = `version: 1
name: x
gateway: {conntrack: {max: 500}}
floods:
  requests: {kind: short, executor: constant-arrival-rate, rate: 10, duration: 5s}
  sockets: {kind: long, executor: burst, connections: 5}
thresholds:
`;

const thresholdsOf = (text: string) => parseScenario(SCENARIO + text, 'f.yaml').scenario.thresholds;

/** The first line of every problem. */
function problems(text: string): string[] {
  try {
    parseScenario(SCENARIO + text, 'f.yaml');
  } catch (error) {
    return String((error as Error).message)
      .split('\n')
      .filter((line) => line.startsWith('f.yaml'));
  }
  return [];
}

describe('thresholds in a scenario', () => {
  it('may be short or long, of a metric or of one flood', () => {
    const text = `  conn_failed: [' rate < 0.01 ']
  conn_connecting{flood:sockets}: ['p(99)<250', {threshold: p(99.9)<3000, abortOnFail: true, delayAbortEval: 5s}]
  'conn_failed{ cause: "refused", flood:requests }': [{threshold: rate==0}]
  conntrack_utilization: [max<0.95, value<0.9, avg<0.8, min>=0]
  conntrack_drop: []
`;
    const plain = { abortOnFail: false, delayAbortEvalSeconds: 0 };
    expect(thresholdsOf(text)).toEqual([
      { metric: 'conn_failed', expression: 'rate < 0.01', ...plain },
      { metric: 'conn_connecting{flood:sockets}', expression: 'p(99)<250', ...plain },
      { metric: 'conn_connecting{flood:sockets}', expression: 'p(99.9)<3000', abortOnFail: true, delayAbortEvalSeconds: 5 },
      { metric: 'conn_failed{cause:refused,flood:requests}', expression: 'rate==0', ...plain },
      ...['max<0.95', 'value<0.9', 'avg<0.8', 'min>=0'].map((expression) => ({
        metric: 'conntrack_utilization',
        expression,
        ...plain,
      })),
    ]);
  });

  it('are refused with their place when the metric, tag or flood does not exist', () => {
    const text = `  conn_fail: [rate<0.01]
  nonsense: [rate<0.01]
  conn_failed{flood:request}: [rate<0.01]
  conn_failed{kind:short}: [rate<0.01]
  conntrack_drop{flood:requests}: [count==0]
  ws_connecting{flood:requests}: [p(95)<10]
  conn_failed{cause:refusd}: [rate<0.01]
  conn_failed{: [rate<0.01]
`;
    expect(problems(text)).toEqual([
      'f.yaml:8:3: thresholds.conn_fail: unknown metric conn_fail; did you mean conn_failed?',
      expect.stringMatching(/^f\.yaml:9:3: thresholds\.nonsense: unknown metric nonsense; use conns, conn_failed, /),
      'f.yaml:10:3: thresholds.conn_failed{flood:request}: unknown flood request; did you mean requests?',
      'f.yaml:11:3: thresholds.conn_failed{kind:short}: conn_failed has no tag kind; it has flood and cause',
      'f.yaml:12:3: thresholds.conntrack_drop{flood:requests}: conntrack_drop has no tag flood; it has no tags',
      'f.yaml:13:3: thresholds.ws_connecting{flood:requests}: requests is a short flood, but ws_connecting is only measured for long floods',
      expect.stringMatching(/^f\.yaml:14:3: .* cause must be one of conntrack-full, .*; did you mean refused\?$/),
      'f.yaml:15:3: thresholds.conn_failed{: expected a metric such as conn_failed, or with a tag: conn_failed{flood:requests}',
    ]);
  });

  it.each([
    ['conns', 'count, rate', ['value', 'avg', 'p(95)']],
    ['conns_open', 'value, avg, min, max', ['count', 'rate', 'med', 'p(95)']],
    ['conn_failed', 'rate', ['count', 'value', 'max', 'p(95)']],
    ['conn_connecting', 'avg, min, max, med, p(N)', ['count', 'rate', 'value']],
  ])('of %s support %s', (metric, supported, others) => {
    const list = supported.replace('p(N)', 'p(42)').split(', ');
    expect(problems(`  ${metric}: [${list.map((one) => `${one}<1`).join(', ')}]\n`)).toEqual([]);
    for (const other of others) {
      expect(problems(`  ${metric}: [${other}<1]\n`)[0]).toMatch(
        new RegExp(
          `^f\\.yaml:8:\\d+: .*: it supports ${supported.replace(/[()]/g, '\\$&')}, not ${other.replace(/[()]/g, '\\$&')}$`,
        ),
      );
    }
  });

  it('point at the expression that is wrong', () => {
    expect(problems('  conn_failed:\n    - rate<0.01\n    - threshold: p(95)<3\n      abortOnFail: true\n')).toEqual([
      'f.yaml:10:18: thresholds.conn_failed.1.threshold: conn_failed is a rate: it supports rate, not p(95)',
    ]);
    expect(problems('  conn_connecting: [p95<3]\n')).toEqual([
      'f.yaml:8:21: thresholds.conn_connecting.0: write p(95) for a percentile, got p95',
    ]);
    expect(problems('  conn_failed: rate<0.01\n')).toEqual([
      'f.yaml:8:16: thresholds.conn_failed: expected a list, got "rate<0.01"',
    ]);
    expect(problems('  conn_failed: [{threshold: rate<1, abortOnfail: true}]\n')).toEqual([
      'f.yaml:8:37: thresholds.conn_failed.0.abortOnfail: unknown key; did you mean abortOnFail?',
    ]);
  });

  it('cannot stop a run by what is known only when it is over', () => {
    const text = `  breaking_point_entries: [{threshold: value>400, abortOnFail: true}]
  conn_failed{cause:refused}: [{threshold: rate==0, abortOnFail: true}]
`;
    expect(problems(text)).toEqual([
      'f.yaml:8:64: thresholds.breaking_point_entries.0.abortOnFail: breaking_point_entries is only known after the run, so abortOnFail is not possible',
      'f.yaml:9:66: thresholds.conn_failed{cause:refused}.0.abortOnFail: conn_failed{cause:refused} is only known after the run, so abortOnFail is not possible',
    ]);
  });
});
