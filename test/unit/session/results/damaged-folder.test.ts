import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deriveReport } from '../../../../src/session/results/derive.ts';
import { errorOf } from '../../../fixtures/error-of.ts';

const RECORDED = fileURLToPath(new URL('../../../fixtures/hostile/run/', import.meta.url));

describe('a damaged or hostile run folder gets one clear error', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ctload-hostile-'));
    cpSync(RECORDED, folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function change(file: string, line: number, from: string | RegExp, to: string): void {
    const lines = readFileSync(join(folder, file), 'utf8').split('\n');
    const changed = lines[line - 1]?.replace(from, to) ?? '';
    expect(changed).not.toBe(lines[line - 1]);
    writeFileSync(join(folder, file), lines.with(line - 1, changed).join('\n'));
  }

  it('and none when it is neither', () => {
    expect(deriveReport(folder).summary.floods['requests']?.attempted).toBe(900);
  });

  it.each([
    ['crash: a key renamed', 4, '"states"', '"st,tes"', 'composition record: states: is missing'],
    [
      'crash: a host that is none',
      69,
      '"host":"client"',
      '"host":"\\u001b[31m"',
      'netstat record: host: expected one of backend, client, gateway',
    ],
    [
      'crash: a list for a time',
      149,
      '"firstBadAt":1.7',
      '"firstBadAt":[]',
      'load record: firstBadAt: expected a number, got a list',
    ],
    [
      'crash: no text',
      1,
      '"tools":{',
      '"tools":{"constructor":false,',
      'meta record: environment.tools.constructor: expected a text',
    ],
    [
      'escape: a text for a count',
      123,
      '"attempted":29',
      '"attempted":"\\u001b[31m"',
      'load record: attempted: expected a number',
    ],
    [
      'nonsense: a map for a share',
      71,
      '"softirqShare":0.04',
      '"softirqShare":{"a":1}',
      'host record: softirqShare: expected a number, got a map',
    ],
    ['memory: a far time', 162, '"t":3.6', '"t":3600000', 'gauge record: t: expected a number from -604800 to 604800'],
    ['memory: a time hours on', 162, '"t":3.6', '"t":36000', 'gauge record: t: hours after the records before it'],
    ['memory: outcomes hours on', 149, '"at":3.3', '"at":36000', 'load record: at: hours after'],
    ['a number beyond all', 123, '"attempted":29', '"attempted":1e999', 'attempted: expected a number from 0'],
    ['a negative count', 123, '"attempted":29', '"attempted":-29', 'attempted: expected a number from 0'],
    ['an unknown cause', 149, '"connect-timeout":', '"__proto__":', 'load record: failed.__proto__: unknown key'],
    ['an unknown record', 123, '"load"', '"lead"', 'type: expected one of agent, backend'],
    ['no CPUs', 1, '"cpus":2', '"cpus":0', 'environment.cpus: expected a number from 1'],
    ['no start', 1, '"startedAt":"2026', '"startedAt":"soon', 'run.startedAt: expected a time in ISO 8601'],
    ['no capacity', 1, '"effectiveMax":500', '"effectiveMax":0', 'lab.capacity.effectiveMax: expected 1 or more'],
    ['no JSON', 123, '{', '', 'not a JSON record'],
  ])('timeline: %s', (_, line, from, to, message) => {
    change('timeline.ndjson', line, from, to);
    const error = errorOf(() => deriveReport(folder));
    expect(error.message).toContain(`${folder}/timeline.ndjson:${line}: `);
    expect(error.message).toContain(message);
    expect(error.exitCode).toBe(2);
    expect(error.hint).toContain('damaged');
  });

  it.each([
    ['hang: an endless interval', /,1\.000,(?=[\d.]+,HIST)/, ',999999999999,', 'an interval of 999999999999 s'],
    ['hang: a far interval', /,\d\.000,/, ',99999999,', 'an interval that starts at 99999999 s'],
    ['no interval', 'Tag=', 'Teg=', 'not an interval of a histogram log'],
    ['a phase that is none', /requests:\w+/, 'requests:toString', 'unknown phase toString'],
  ])('latencies: %s', (_, from, to, message) => {
    change('latency.hlog', 11, from, to);
    const error = errorOf(() => deriveReport(folder));
    expect(error.message).toContain(`${folder}/latency.hlog:11: ${message}`);
    expect(error.exitCode).toBe(2);
  });

  it('a second first record', () => {
    const path = join(folder, 'timeline.ndjson');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, `${text}${text.split('\n')[0]}\n`);
    expect(errorOf(() => deriveReport(folder)).message).toContain('meta record: only the first line may be one');
  });

  it.each(['timeline.ndjson', 'latency.hlog'])('a line without an end in %s, at once', (file) => {
    writeFileSync(join(folder, file), '#'.repeat(50 * 2 ** 20));
    expect(errorOf(() => deriveReport(folder)).message).toContain('a line of more than 4 MiB');
  });
});
