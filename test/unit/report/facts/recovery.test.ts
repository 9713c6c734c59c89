import { describe, expect, it } from 'vitest';
import type { Recovery } from '../../../../src/model/result/recovery.ts';
import { actionLines, recoveryLine } from '../../../../src/report/facts/recovery.ts';
import { renderPage } from '../../../../src/report/html/page.ts';
import { renderTerminal } from '../../../../src/report/terminal/terminal.ts';
import { recordedRun, withActions } from '../../../fixtures/recorded.ts';

const ACTIONS = [
  { atSeconds: 8, timeouts: { tcp_time_wait: 10, udp: 5 }, doneSeconds: 8.01 },
  { atSeconds: 9, delete: { state: 'TIME_WAIT' }, doneSeconds: 9.1, deletedEntries: 1234 },
] as const;
const RECOVERED: Recovery = {
  atSeconds: 9.1,
  afterBreakSeconds: 4.09,
  afterActionSeconds: 0.1,
  lastDelayedAtSeconds: 10.1,
  lastSecondsAsBefore: 19,
  attemptsSince: 1900,
  relief: null,
};
const NOT_YET = {
  ...RECOVERED,
  atSeconds: null,
  afterBreakSeconds: null,
  afterActionSeconds: null,
  attemptsSince: 0,
  lastSecondsAsBefore: 0,
};

const run = withActions(recordedRun('smoke'), ACTIONS);
const textOf = (recovery: Recovery) => recoveryLine({ ...run.summary, recovery })[0]?.[1];

describe('actions and recovery in reports', () => {
  it('say what was done, when, and how many entries it cost', () => {
    expect(actionLines(run.summary)).toEqual([
      ['Actions', 'at 8.00 s: tcp_time_wait set to 10.0 s and udp set to 5.00 s'],
      ['', 'at 9.00 s: TIME_WAIT entries deleted (1,234)'],
    ]);
  });

  it('say when new connections succeeded again', () => {
    expect(textOf(RECOVERED)).toBe(
      'from 9.10 s on new connections succeeded as before the break, 4.09 s after it, 0.10 s after the last action before that (1,900 attempts since); the last client that had waited was connected by 10.1 s',
    );
    expect(textOf(NOT_YET)).toBe('not within the load: new connections still failed or were delayed at its end');
    expect(textOf({ ...NOT_YET, lastSecondsAsBefore: 0.9 })).toMatch(/in its last 0.90 s .* which is too short to tell$/);
    const relief = { fromSeconds: 8.1, untilSeconds: 10 };
    expect(textOf({ ...NOT_YET, relief })).toContain('; from 8.10 s to 10.0 s new connections succeeded as before the break');
  });

  it('say how long endpoints that went were missed', () => {
    const summary = { ...run.summary, verdict: { ...run.summary.verdict, kind: 'held' as const }, recovery: RECOVERED };
    expect(recoveryLine(summary)[0]?.[1]).toMatch(/^from 9.10 s on .* as before the loss of the endpoints, 4.09 s after it/);
    const [, line] = actionLines({ ...summary, actions: [{ atSeconds: 5, endpoint: 'gone', doneSeconds: 5.1 }] })[0] ?? [];
    expect(line).toBe('at 5.00 s: the endpoints gone, others take new flows');
  });

  it('are left out where nothing was done and nothing recovered', () => {
    const { actions: _, ...plain } = run.summary;
    expect(recoveryLine({ ...plain, recovery: NOT_YET })).toEqual([]);
    expect(recoveryLine({ ...plain, recovery: null })).toEqual([]);
  });

  it('stand on the terminal and on the page, which marks them', () => {
    expect(renderTerminal({ ...run.summary, recovery: NOT_YET }, { color: false, width: 100 })).toContain(
      'Recovery    not within the load',
    );
    const page = renderPage(run);
    expect(page.match(/class="action-line"/g)).toHaveLength(2);
    expect(page).toContain('<li>at 9.00 s: TIME_WAIT entries deleted (1,234)</li>');
    expect(renderPage(recordedRun('smoke'))).not.toContain('class="action-line"');
  });

  it('a threshold on a recovery that did not come says so', () => {
    const threshold = { metric: 'recovery_seconds', expression: 'value<5', ok: false, observed: null, stoppedAtSeconds: null };
    const summary = { ...run.summary, thresholds: [threshold] };
    expect(renderTerminal(summary, { color: false, width: 100 })).toContain(
      'recovery_seconds value<5: failed, not within the load',
    );
  });
});
