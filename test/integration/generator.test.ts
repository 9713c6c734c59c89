import { describe, expect, it } from 'vitest';
import { runScenario, unfit } from './support/ctload.ts';
import { skipFor } from './support/skip.ts';

const set = (assignment: string) => ['--set', assignment];

describe('a load beyond this machine', skipFor(unfit), () => {
  it('ends with exit 111: the full table is shown, but nobody is told that it was the limit', async () => {
    const flags = [
      ...set('floods.requests.rate=50000'),
      ...set('floods.requests.duration=1s'),
      ...set('floods.requests.connectTimeout=1100ms'),
      ...set('gateway.conntrack.method=ballast'),
    ];
    const { summary, stdout } = await runScenario('smoke.yaml', flags, 111);
    expect(summary.verdict.validity).toBe('generator-bound');
    expect(summary.verdict.reasons[0]).toMatch(/^The generator was the limit/);
    expect(summary.verdict.reasons.join(' ')).toMatch(/What to do: a lower rate/);
    expect(stdout).toMatch(/\(generator-bound\)|the generator was the limit/);
  });

  it('nor is a level that it cannot reach said to have been held', async () => {
    const flags = [
      ...set('floods={sockets: {kind: long, executor: constant-connections, connections: 100000, duration: 300ms}}'),
      ...set('gateway.conntrack.max=150000'),
    ];
    const { summary } = await runScenario('smoke.yaml', flags, 111);
    expect(summary.verdict).toMatchObject({ kind: 'inconclusive', validity: 'generator-bound' });
    expect(summary.verdict.reasons.join(' ')).toMatch(
      /could not start [\d,]+ of 100,000 attempts.*What to do: fewer held connections/,
    );
    const { attempted = 0, notStarted = 0 } = summary.floods['sockets'] ?? {};
    expect(attempted + notStarted).toBe(100_000);
  });
});
