import { expect, it } from 'vitest';
import { parseFailures } from '../../../../src/session/alerts/promtool.ts';

const OUTPUT = `Unit Testing:  /dev/stdin
  FAILED:
    expr: "ALERTS", time: 30s,
        exp: nil
        got: {__name__="ALERTS", alertname="NodeHigh", alertstate="firing", instance="gw", job="node"} 1E+00
    expr: "ALERTS", time: 1m15.5s,
        exp: nil
        got: {__name__="ALERTS", alertname="NodeHigh", alertstate="firing", job="node"} 1E+00, {__name__="ALERTS", alertname="Slow", alertstate="pending"} 1E+00
`;

it('reads from promtool which alerts are active when', () => {
  expect(parseFailures(OUTPUT)).toEqual([
    { atMs: 30_000, active: [['NodeHigh', 'firing']] },
    {
      atMs: 75_500,
      active: [
        ['NodeHigh', 'firing'],
        ['Slow', 'pending'],
      ],
    },
  ]);
  expect(parseFailures('Unit Testing:  /dev/stdin\n  SUCCESS\n\n')).toEqual([]);
});

it.each(['', 'Unit Testing:  /dev/stdin\n  FAILED:\n    rules.yml: 1:45: no\n', 'killed'])(
  'takes nothing else for inactive alerts: %j',
  (text) => {
    expect(() => parseFailures(text)).toThrow(/could not evaluate/);
  },
);
