import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Summary } from '../../../../src/model/result/summary.ts';
import { CtloadError } from '../../../../src/platform/errors.ts';
import { deriveReport } from '../../../../src/session/results/derive.ts';
import { property } from '../../../fixtures/property.ts';

const RECORDED = new URL('../../../fixtures/runs/smoke/', import.meta.url);
const text = readFileSync(new URL('timeline.ndjson', RECORDED), 'utf8');
const lines = text.trimEnd().split('\n');
const line = fc.integer({ min: 1, max: lines.length - 1 }); // the first one names the schema

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ctload-property-'));
  cpSync(RECORDED, folder, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The summary of the run with another timeline; undefined when it was refused with one clear error. */
function judged(timeline: string): Summary | undefined {
  writeFileSync(join(folder, 'timeline.ndjson'), timeline);
  try {
    return deriveReport(folder).summary;
  } catch (error) {
    if (!(error instanceof CtloadError)) throw error;
    expect(error.message).toMatch(/timeline\.ndjson/);
    return undefined;
  }
}

function expectNumbers(summary: Summary): void {
  expect(
    JSON.stringify(summary, (_, value) => (typeof value === 'number' && !Number.isFinite(value) ? 'NOT A NUMBER' : value)),
  ).not.toContain('NOT A NUMBER');
}

it('the run itself is valid, and is judged', () => {
  expect(judged(text)?.verdict.validity).toBe('valid');
});

describe('a recorded run', () => {
  it(
    'that was cut anywhere is refused, or judged as cut: never valid',
    property(
      [fc.nat(text.length - 2)],
      (length) => {
        const summary = judged(text.slice(0, length));
        if (summary === undefined) return;
        expectNumbers(summary);
        expect(summary.verdict.validity).not.toBe('valid');
      },
      20,
    ),
  );

  it(
    'whose lines have changed places is judged the same',
    property(
      [fc.array(fc.tuple(line, line), { minLength: 1, maxLength: 5 })],
      (swaps) => {
        const swapped = [...lines];
        for (const [a, b] of swaps) [swapped[a], swapped[b]] = [swapped[b] as string, swapped[a] as string];
        const summary = judged(`${swapped.join('\n')}\n`);
        if (summary === undefined) return;
        const original = judged(text);
        expect(summary.verdict).toEqual(original?.verdict);
        expect(summary?.breakingPoint).toEqual(original?.breakingPoint);
        expect(summary?.accounting).toEqual(original?.accounting);
      },
      20,
    ),
  );

  it(
    'with another number in it is refused, or judged with numbers',
    property(
      [line, fc.nat(200), fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))],
      (at, which, number) => {
        const changed = [...lines];
        let seen = -1;
        const places = [...(changed[at] ?? '').matchAll(/(?<=[:[,])-?\d+(\.\d+)?/g)].length;
        changed[at] = (changed[at] ?? '').replace(/(?<=[:[,])-?\d+(\.\d+)?/g, (old) =>
          ++seen === which % places ? String(number) : old,
        );
        const summary = judged(`${changed.join('\n')}\n`);
        if (summary !== undefined) expectNumbers(summary);
      },
    ),
  );
});
