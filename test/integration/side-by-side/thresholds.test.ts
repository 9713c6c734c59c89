import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ctload, expectBalanced, readRecords, runScenario, temporaryFolder, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

const flags = (...assignments: string[]) => assignments.flatMap((assignment) => ['--set', assignment]);

describe('thresholds on a real run', skipFor(unfit), () => {
  it('that fail end the run with 99, and ctload report judges them the same', async () => {
    const { summary, stdout, folder } = await runScenario(
      'smoke.yaml',
      flags(
        'gateway.conntrack.method=ballast',
        'floods.requests.kind=stale',
        'floods.held={kind: long, executor: constant-connections, connections: 10, duration: 3s}',
        `thresholds={
          conn_failed: [rate<0.01],
          "conn_failed{cause:refused}": [rate==0],
          "conn_connecting{flood:requests}": ["p(99.9)<60000"],
          "ws_session_duration{flood:held}": [min>500],
          conntrack_utilization: [max<=1],
          breaking_point_entries: [value>=497, value<=500]}`,
      ),
      99,
    );
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid' });
    expect(summary.thresholds.filter(({ ok }) => !ok)).toMatchObject([{ metric: 'conn_failed', expression: 'rate<0.01' }]);
    expect(summary.thresholds.every(({ observed }) => observed !== null)).toBe(true);
    const failed = Object.values(summary.floods).reduce((sum, flood) => sum + flood.failed, 0);
    expect(summary.metrics['conn_failed']?.values['fails']).toBe(failed);
    expect(summary.metrics['conntrack_drop']?.values['count']).toBe(summary.conntrack.drop);
    expect(summary.metrics['tcp_syn_retrans']?.values['count']).toBe(summary.accounting.synRetransmissions);
    expect(stdout).toMatch(/Thresholds: 1 of 7 failed\n {2}x conn_failed rate<0\.01: failed, 0\.\d+/);

    const written = readFileSync(join(folder, 'summary.json'), 'utf8');
    const again = await ctload('report', folder, '--json');
    expect(again.stdout.trimEnd()).toBe(written.trimEnd());
  });

  it('with abortOnFail stop the load when they are crossed, and everything is reported', async () => {
    const { summary, stdout, folder } = await runScenario(
      'smoke.yaml',
      flags(
        'gateway.conntrack.method=ballast',
        'floods.requests.kind=stale',
        'floods.requests.duration=60s',
        'floods.sockets={kind: long, executor: burst, connections: 5}',
        'thresholds={conntrack_drop: [{threshold: count==0, abortOnFail: true, delayAbortEval: 2s}], conns: [count>100]}',
      ),
      99,
    );
    const broke = summary.breakingPoint?.atSeconds ?? Number.NaN;
    const [stopped, other] = summary.thresholds;
    expect(stopped).toMatchObject({ metric: 'conntrack_drop', ok: false });
    expect(stopped?.stoppedAtSeconds).toBeGreaterThan(Math.max(2, broke));
    expect(other).toMatchObject({ metric: 'conns', ok: true, stoppedAtSeconds: null });
    expect(summary.run.durationSeconds).toBeLessThan(30);
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expectBalanced(summary); // drained before it ended
    // Sockets that are still open when the load is over count as having lasted until then.
    expect(summary.floods['sockets']?.latencyMs['session']?.count).toBe(5);
    expect(summary.metrics['ws_session_duration']?.values['min']).toBeGreaterThan(1000);
    expect(stdout).toContain('stopped the load at');
    const records = readRecords(folder);
    expect(records.at(-1)).toMatchObject({ type: 'end', outcome: 'stopped' });
    const lastAttempt = Math.max(...records.map((record) => (record.type === 'load' && record.attempted ? record.t : 0)));
    expect(lastAttempt).toBeLessThan(30); // of 60 s
  });

  it('that cannot be judged are refused before anything is built', async () => {
    const folder = join(temporaryFolder(), 'run');
    const { code, stderr } = await ctload(
      ...['run', 'scenarios/smoke.yaml', '--output', folder],
      ...flags('thresholds={conn_failed: ["p(99)<5"], "conns{flood:request}": [count>5]}'),
    );
    expect(code).toBe(104);
    expect(stderr).toContain('conn_failed is a rate: it supports rate, not p(99)');
    expect(stderr).toContain('unknown flood request; did you mean requests?');
    expect(stderr).not.toContain('building the lab');
    expect(readdirSync(folder)).toEqual(['junit.xml']); // so that CI does not take an older one for this run's
    expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toContain('errors="1"');
  });
});
