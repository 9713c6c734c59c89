import * as hdr from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../../src/model/random.ts';
import { Counts } from '../../../src/timeline/counts.ts';
import { decodeMax } from '../../../src/timeline/recorded-values.ts';

const random = seeded(3);

/** A histogram as an agent keeps it: it has grown with earlier values, which are gone. */
function recorded(values: readonly number[], grownTo = 1): hdr.Histogram {
  const histogram = hdr.build({ bitBucketSize: 32, autoResize: true, numberOfSignificantValueDigits: 3 });
  histogram.recordValue(grownTo);
  histogram.reset();
  for (const value of values) histogram.recordValue(value);
  return histogram;
}

function some(count: number, highest: number): number[] {
  return Array.from({ length: count }, () => Math.max(1, Math.round(highest ** random())));
}

function empty(): hdr.JsHistogram {
  return hdr.build({ bitBucketSize: 'packed', autoResize: true, numberOfSignificantValueDigits: 3 }) as hdr.JsHistogram;
}

/** What the library says of it. */
function asTheLibraryHasIt(histogram: hdr.JsHistogram) {
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile) / 1000;
  return {
    min: at(0),
    p50: at(50),
    p90: at(90),
    p95: at(95),
    p99: at(99),
    'p99.9': at(99.9),
    max: histogram.maxValue / 1000,
    count: histogram.totalCount,
  };
}

describe('what encoded histograms add up to', () => {
  const slices = [
    [some(500, 2_000_000), 1],
    [some(500, 2_000_000), 9_000_000],
    [some(40, 900), 1],
    [[1], 1],
    [[2047, 2048, 2049, 4095, 4096], 1],
    [some(1000, 30_000_000), 1],
    [some(3, 90_000), 70_000],
    [[1_799_999_999, 5], 1],
  ] as const;
  const encoded = slices.map(([values, grownTo]) => hdr.encodeIntoCompressedBase64(recorded(values, grownTo)));

  it.each([...encoded.keys()])('is what HdrHistogram makes of slice %i', (index) => {
    const data = encoded[index] as string;
    const counts = new Counts();
    counts.addEncoded(data);
    const library = empty();
    library.add(hdr.decodeFromCompressedBase64(data) as hdr.JsHistogram);
    expect(counts.summary()).toEqual(asTheLibraryHasIt(library));
    expect(decodeMax(data)).toBe(hdr.decodeFromCompressedBase64(data).maxValue);
  });

  it('is what HdrHistogram makes of all of them, in any order, sums of sums included', () => {
    for (const order of [encoded, encoded.toReversed(), [...encoded.slice(3), ...encoded.slice(0, 3)]]) {
      const counts = new Counts();
      const library = empty();
      const slice = new Counts();
      for (let i = 0; i < order.length; i += 2) {
        slice.clear();
        const inner = empty();
        for (const data of order.slice(i, i + 2)) {
          slice.addEncoded(data);
          inner.add(hdr.decodeFromCompressedBase64(data) as hdr.JsHistogram);
        }
        counts.add(slice);
        library.add(inner);
        expect(counts.summary()).toEqual(asTheLibraryHasIt(library));
      }
      expect(counts.values().reduce((sum, [, count]) => sum + count, 0)).toBe(library.totalCount);
    }
  });

  it('keeps every value in its place', () => {
    const counts = new Counts();
    counts.addEncoded(hdr.encodeIntoCompressedBase64(recorded([3, 3, 2047, 5000, 2_000_000])));
    expect(counts.values()).toEqual([
      [0.003, 2],
      [2.047, 1],
      [5.003, 1],
      [2000.895, 1],
    ]);
    counts.clear();
    expect(counts.summary()).toMatchObject({ count: 0, p50: 0, max: 0 });
  });

  it('refuses what is not a histogram of this resolution', () => {
    const coarse = hdr.build({ numberOfSignificantValueDigits: 2 });
    coarse.recordValue(7);
    expect(() => new Counts().addEncoded(hdr.encodeIntoCompressedBase64(coarse))).toThrow('3 digits');
    expect(() => new Counts().addEncoded('HISTnonsense')).toThrow('not a compressed V2 histogram');
  });
});
