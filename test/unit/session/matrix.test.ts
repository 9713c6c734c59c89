import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FindReport } from '../../../src/model/result/find.ts';
import { parseScenario } from '../../../src/scenario/load.ts';
import { commonVariable, loadVariants, type VariantLoader } from '../../../src/session/campaign/variants.ts';
import { type MatrixRequest, runMatrix } from '../../../src/session/matrix.ts';
import { Interrupts } from '../../../src/session/measure/interrupts.ts';
import { deriveReport } from '../../../src/session/results/derive.ts';
import { violations } from '../../schemas/violations.ts';

const TEXT = `version: 1
name: sizes
gateway: {conntrack: {max: 500}}
floods: {requests: {kind: short, executor: constant-arrival-rate, rate: 300, duration: 4s}}
variants: {small: {}, large: {set: {gateway.conntrack.max: 1000, floods.requests.rate: 400}}}
`;
const RECORDED = new URL('../../fixtures/runs/smoke', import.meta.url).pathname;
const load: VariantLoader = (variant, trial = []) => parseScenario(TEXT, 'sizes.yaml', { variant, trial });

let folder: string;
let log: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ctload-matrix-'));
  log = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A matrix whose runs are all the recorded one, and whose searches come to the rate of the variant; each is noted in `turns`. */
function request(turns: string[], resume: boolean): MatrixRequest {
  const base = parseScenario(TEXT, 'sizes.yaml');
  const variants = loadVariants(base, load);
  const ran = (output: string) => {
    mkdirSync(output, { recursive: true });
    cpSync(RECORDED, output, { recursive: true });
    const report = deriveReport(output);
    writeFileSync(join(output, 'summary.json'), JSON.stringify(report.summary));
    turns.push(output.slice(folder.length + 1));
    return report;
  };
  return {
    ...{ scenario: base.scenario, variants, repeat: 1, folder, resume, command: 'ctload matrix', exitCodeOf: () => 0 },
    searchVariable: commonVariable(variants),
    log: { info: (line) => log.push(line), warn: (line) => log.push(line) },
    once: async (_, output) => ({ report: ran(output), folder: output, interrupted: false, teardownError: undefined }),
    endLab: async () => undefined,
    search: async (variant, output) => {
      const { shape } = variant(['floods.requests.rate=70']).scenario.floods[0] ?? {};
      const answer = shape !== undefined && 'rate' in shape ? shape.rate + variant([]).scenario.gateway.conntrack.max : 0;
      ran(join(output, 'trials/01-70'));
      const trials = [{ folder: 'trials/01-70' }];
      const found = { outcome: 'converged', answer, best: answer, why: '', durationSeconds: 3, trials, conntrack: null };
      const report = { ...found, limitDecidedBy: null } as unknown as FindReport;
      writeFileSync(join(output, 'find.json'), JSON.stringify(report));
      return { report, folder: output, teardownError: undefined };
    },
  };
}

it('searches every variant after its run, and counts what has finished when it is resumed', async () => {
  using interrupts = new Interrupts();
  const turns: string[] = [];
  const { report } = await runMatrix(request(turns, false), interrupts);
  expect(turns).toEqual(['small/01', 'small/find-01/trials/01-70', 'large/01', 'large/find-01/trials/01-70']);
  expect(violations('matrix', report)).toEqual([]);
  expect(report).toMatchObject({ outcome: 'finished', searchVariable: 'floods.requests.rate' });
  expect(report.variants.map(({ figures }) => figures.highest_value?.median)).toEqual([570, 1070]);
  expect(log.at(-1)).toBe('large/find-01, search 4 of 4: 1,070 is the highest value that held.');
  expect(readFileSync(join(folder, 'matrix.md'), 'utf8')).toContain('| large | 1,070 |');

  rmSync(join(folder, 'large/find-01/find.json'));
  const again: string[] = [];
  const resumed = await runMatrix(request(again, true), interrupts);
  expect(again).toEqual(['large/find-01/trials/01-70']);
  expect(log).toContain('3 of 4 runs and searches are done');
  expect(resumed.report.variants).toEqual(report.variants);
});

it('forgets the searches of another matrix in its folder', async () => {
  using interrupts = new Interrupts();
  await runMatrix(request([], false), interrupts);
  await runMatrix({ ...request([], false), searchVariable: undefined }, interrupts);
  expect(existsSync(join(folder, 'small/find-01/find.json'))).toBe(false);
  expect(existsSync(join(folder, 'small/find-01/trials/01-70/summary.json'))).toBe(false);
});
