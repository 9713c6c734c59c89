import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ConntrackRecord } from '../../../src/model/timeline/sample.ts';
import { loadAnyScenario } from '../../../src/scenario/load.ts';
import { Interrupts } from '../../../src/session/measure/interrupts.ts';
import { runScenario } from '../../../src/session/run.ts';
import { silent } from '../standing-lab.ts';
import { leavesHostAlone, readRecords, temporaryFolder, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

const RATE = 300; // connections per second

/** Long enough for entries to expire, and for some of them to stay counted. */
const seconds = (timeout: number) => timeout + 8;

function scenario(method: string, timeout: number, close: string): string {
  return `
version: 1
name: watched
gateway:
  conntrack:
    max: 20000
    buckets: ${method === 'ballast' ? 262_144 : 20_480}
    method: ${method}
    timeouts: { tcp_close: ${timeout}s, tcp_time_wait: ${timeout}s }
floods:
  short: { kind: short, executor: constant-arrival-rate, rate: ${RATE}, duration: ${seconds(timeout)}s, close: ${close} }
`;
}

/** Entries of the gateway's table over time, in a run whose states are listed or not. */
async function curve(text: string, listing: boolean): Promise<{ readonly kind: string; readonly samples: ConntrackRecord[] }> {
  const folder = temporaryFolder();
  const file = join(folder, 'scenario.yaml');
  writeFileSync(file, text);
  using interrupts = new Interrupts();
  const output = join(folder, 'run');
  const { report } = await runScenario(
    { loaded: loadAnyScenario(file), output, command: 'test', log: silent, listing },
    interrupts,
  );
  const isSample = (record: { type: string; host?: string; t: number }): record is ConntrackRecord =>
    record.type === 'conntrack' && record.host === 'gateway' && record.t >= 0;
  return { kind: report.summary.verdict.kind, samples: readRecords(output).filter(isSample) };
}

/** When the kernel's garbage collector first freed many entries at once: the time of its passes does not depend on the load. */
function firstCollection(samples: readonly ConntrackRecord[]): number {
  const found = samples.find(({ entries, t }) => {
    const before = samples.findLast((sample) => sample.t <= t - 0.1);
    return before !== undefined && before.entries - entries > RATE / 6;
  });
  return found?.t ?? Number.POSITIVE_INFINITY;
}

const entriesAt = (samples: readonly ConntrackRecord[], t: number) => samples.findLast((sample) => sample.t <= t)?.entries ?? 0;

const CASES = ['sysctl', 'ballast'].flatMap((method) =>
  [1, 5, 30].flatMap((timeout) => ['fin', 'rst'].map((close) => ({ method, timeout, close }))),
);

describe('a table whose states are listed', skipFor(unfit), () => {
  leavesHostAlone();

  it.each(CASES)(
    'fills as one that is not: $method, $timeout s, $close',
    async ({ method, timeout, close }) => {
      const text = scenario(method, timeout, close);
      const watched = await curve(text, true);
      const unwatched = await curve(text, false);
      expect(watched.kind).toBe(unwatched.kind);
      const end = Math.min(seconds(timeout), ...[watched, unwatched].map(({ samples }) => firstCollection(samples))) - 0.2;
      const [with_, without] = [watched, unwatched].map(({ samples }) => entriesAt(samples, end)) as [number, number];
      expect(Math.abs(with_ - without), `${with_} listed, ${without} not, at ${end} s`).toBeLessThan(0.05 * without + 30);
    },
    300_000,
  );
});
