import { expect, it } from 'vitest';
import { renderPage } from '../../../../src/report/html/page.ts';
import { renderTerminal } from '../../../../src/report/terminal/terminal.ts';
import { recordedRun } from '../../../fixtures/recorded.ts';

const LINE = 'IPv4 633 (42 %), IPv6 867 (58 %) of the entries listed; one table counts both';

it('a report of a dual-stack lab has the entries of each family, any other none', () => {
  const run = recordedRun('smoke');
  const { summary } = run;
  const dual = { ...run, summary: { ...summary, conntrack: { ...summary.conntrack, families: { ipv4: 633, ipv6: 867 } } } };
  const terminal = (one: typeof run) => renderTerminal(one.summary, { color: false, width: 200 });
  expect(terminal(dual)).toContain(LINE);
  expect(renderPage(dual)).toContain(LINE);
  for (const text of [terminal(run), renderPage(run)]) expect(text).not.toContain('of the entries listed');
});
