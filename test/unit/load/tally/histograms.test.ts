import fc from 'fast-check';
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { expect, it } from 'vitest';
import { PhaseHistograms } from '../../../../src/load/tally/histograms.ts';
import { property } from '../../../fixtures/property.ts';

/** Whole µs: within the values that have a count each, around the edges of doublings, and up to an hour. */
const microseconds = fc.oneof(
  fc.integer({ min: 1, max: 3000 }),
  fc.integer({ min: 11, max: 31 }).chain((power) => fc.integer({ min: 2 ** power - 3, max: 2 ** power + 3 })),
  fc.integer({ min: 1, max: 3_600_000_000 }),
);

it(
  'encodes what HdrHistogram itself would, slice after slice',
  property([fc.array(fc.array(microseconds, { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 4 })], (slices) => {
    const ours = new PhaseHistograms();
    const theirs = build({ bitBucketSize: 32, autoResize: true, lowestDiscernibleValue: 1, numberOfSignificantValueDigits: 3 });
    for (const values of slices) {
      for (const value of values) {
        ours.record('connecting', value / 1e6);
        theirs.recordValue(value);
      }
      expect(ours.take()).toEqual([{ phase: 'connecting', data: encodeIntoCompressedBase64(theirs) }]);
      theirs.reset();
    }
    expect(ours.take()).toEqual([]);
  }),
);

it('counts nothing as less than 1 µs, and rounds to the nearest', () => {
  const histograms = new PhaseHistograms();
  for (const seconds of [0, 4e-7, 1.4e-6, 1.6e-6, 7]) histograms.record('waiting', seconds);
  const [slice] = histograms.take();
  const { totalCount, minNonZeroValue, maxValue } = decodeFromCompressedBase64(slice?.data ?? '');
  expect({ totalCount, minNonZeroValue }).toEqual({ totalCount: 5, minNonZeroValue: 1 });
  expect(maxValue / 7e6).toBeCloseTo(1, 2);
});
