import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { carriedEnvironment, carriedFiles } from '../../../../../src/lab/docker/elsewhere/carried.ts';

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ctload-carried-'));
  file = join(folder, 'mine.yaml');
  writeFileSync(file, ['rate: ', 'url: http://'].map((line, at) => `${line}$${['{RATE}', '{HOST}'][at]}`).join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('what a command line takes to the machine of an engine', () => {
  it('every file that it names, once, by absolute path; neither folders nor what does not exist', () => {
    expect(carriedFiles(['run', file, `--baseline=${file}`, '--output', folder, '--set', 'a=b', 'burst', '-q'])).toEqual([file]);
  });

  it('files that a scenario names, relative to it', () => {
    const scenario = join(folder, 'rules.yaml');
    writeFileSync(join(folder, 'my.nft'), '');
    writeFileSync(scenario, 'gateway: {rules: {nftables: my.nft, mode: add}}\n');
    expect(carriedFiles(['run', scenario])).toEqual([scenario, join(folder, 'my.nft')]);
  });

  it("ctload's own variables and those that the files name, nothing else", () => {
    const environment = { CTLOAD_SET: 'x=1', RATE: '5', HOST: 'h', PASSWORD: 'secret', NO_COLOR: '1', EMPTY: undefined };
    expect(carriedEnvironment([file], environment)).toEqual({ CTLOAD_SET: 'x=1', RATE: '5', HOST: 'h', NO_COLOR: '1' });
  });
});
